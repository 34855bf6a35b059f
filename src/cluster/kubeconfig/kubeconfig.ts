/**
 * Kubeconfig files, as kubectl reads and merges them
 * (https://kubernetes.io/docs/concepts/configuration/organize-cluster-access-kubeconfig/).
 */

import path from "node:path";
import { record, recordOf, text, textList } from "./kubeconfig-values.ts";

/** How to reach one cluster. */
export interface KubeconfigCluster {
  server: string;
  caFile?: string | undefined;
  /** Base64 of PEM; wins over the file, as everywhere in a kubeconfig. */
  caData?: string | undefined;
  skipTlsVerify: boolean;
  tlsServerName?: string | undefined;
  proxyUrl?: string | undefined;
  /** The further facts of the cluster that exec plug-ins are told. */
  execConfig?: unknown;
}

/** A program that provides credentials. */
export interface KubeconfigExec {
  /** Absolute where the command was written with a slash; otherwise found on PATH. */
  command: string;
  args: readonly string[];
  env: readonly { name: string; value: string }[];
  apiVersion: string;
  interactiveMode?: string | undefined;
  provideClusterInfo: boolean;
  installHint?: string | undefined;
}

/** The credentials of a user. */
export interface KubeconfigUser {
  certFile?: string | undefined;
  certData?: string | undefined;
  keyFile?: string | undefined;
  keyData?: string | undefined;
  token?: string | undefined;
  /** Read again from time to time; wins over the token. */
  tokenFile?: string | undefined;
  username?: string | undefined;
  password?: string | undefined;
  as?: string | undefined;
  asUid?: string | undefined;
  asGroups: readonly string[];
  asExtra: Readonly<Record<string, readonly string[]>>;
  exec?: KubeconfigExec | undefined;
  /** `{name, config}`; kubectl still knows the provider of OpenID Connect. */
  authProvider?: Record<string, unknown> | undefined;
}

/** A cluster, a user and a namespace under one name. */
interface KubeconfigContext {
  cluster: string;
  user?: string | undefined;
  namespace?: string | undefined;
}

/** One kubeconfig, or several that were merged. */
export interface Kubeconfig {
  clusters: ReadonlyMap<string, KubeconfigCluster>;
  users: ReadonlyMap<string, KubeconfigUser>;
  contexts: ReadonlyMap<string, KubeconfigContext>;
  currentContext?: string | undefined;
}

/** Reads a parsed file. Relative paths are relative to the folder of the file. */
export function readKubeconfig(document: unknown, folder: string): Kubeconfig {
  const { clusters, users, contexts, ...rest } = record(document);
  const absolute = (file: string | undefined) =>
    file === undefined ? undefined : path.resolve(folder, file);
  return {
    clusters: named(clusters, "cluster", (cluster) => readCluster(cluster, absolute)),
    users: named(users, "user", (user) => readUser(user, absolute)),
    contexts: named(contexts, "context", (context) => ({
      cluster: text(context["cluster"]) ?? "",
      user: text(context["user"]),
      namespace: text(context["namespace"]),
    })),
    currentContext: text(rest["current-context"]),
  };
}

/** Merges files as kubectl does: the first file that defines a name wins. */
export function joinKubeconfigs(files: readonly Kubeconfig[]): Kubeconfig {
  const firstOf = <T>(maps: ReadonlyMap<string, T>[]) =>
    new Map(maps.toReversed().flatMap((map) => [...map]));
  return {
    clusters: firstOf(files.map(({ clusters }) => clusters)),
    users: firstOf(files.map(({ users }) => users)),
    contexts: firstOf(files.map(({ contexts }) => contexts)),
    currentContext: files.find(({ currentContext }) => currentContext !== undefined)?.currentContext,
  };
}

type Resolve = (file: string | undefined) => string | undefined;

function readCluster(cluster: Record<string, unknown>, absolute: Resolve): KubeconfigCluster {
  const extensions = named(cluster["extensions"], "extension", (extension) => extension);
  return {
    server: text(cluster["server"]) ?? "",
    caFile: absolute(text(cluster["certificate-authority"])),
    caData: text(cluster["certificate-authority-data"]),
    skipTlsVerify: text(cluster["insecure-skip-tls-verify"]) === "true",
    tlsServerName: text(cluster["tls-server-name"]),
    proxyUrl: text(cluster["proxy-url"]),
    execConfig: extensions.get("client.authentication.k8s.io/exec"),
  };
}

function readUser(user: Record<string, unknown>, absolute: Resolve): KubeconfigUser {
  const provider = user["auth-provider"];
  return {
    certFile: absolute(text(user["client-certificate"])),
    certData: text(user["client-certificate-data"]),
    keyFile: absolute(text(user["client-key"])),
    keyData: text(user["client-key-data"]),
    token: text(user["token"]),
    tokenFile: absolute(text(user["tokenFile"])),
    username: text(user["username"]),
    password: text(user["password"]),
    as: text(user["as"]),
    asUid: text(user["as-uid"]),
    asGroups: textList(user["as-groups"]),
    asExtra: recordOf(user["as-user-extra"], textList),
    exec: readExec(record(user["exec"]), absolute),
    authProvider: Object.keys(record(provider)).length > 0 ? record(provider) : undefined,
  };
}

function readExec(exec: Record<string, unknown>, absolute: Resolve): KubeconfigExec | undefined {
  const command = text(exec["command"]);
  if (command === undefined) return undefined;
  const env = Array.isArray(exec["env"]) ? exec["env"].map(record) : [];
  return {
    command: /[/\\]/.test(command) ? (absolute(command) ?? command) : command,
    args: textList(exec["args"]),
    env: env.map(({ name, value }) => ({ name: text(name) ?? "", value: text(value) ?? "" })),
    apiVersion: text(exec["apiVersion"]) ?? "",
    interactiveMode: text(exec["interactiveMode"]),
    provideClusterInfo: text(exec["provideClusterInfo"]) === "true",
    installHint: text(exec["installHint"]),
  };
}

/** `[{name, [part]: {…}}]` as a map; the first entry of a name wins. */
function named<T>(list: unknown, part: string, read: (entry: Record<string, unknown>) => T): Map<string, T> {
  const entries = (Array.isArray(list) ? list.map(record) : []).flatMap((entry): [string, T][] => {
    const name = text(entry["name"]);
    return name === undefined ? [] : [[name, read(record(entry[part]))]];
  });
  return new Map(entries.toReversed());
}
