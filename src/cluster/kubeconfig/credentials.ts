import { Buffer } from "node:buffer";
import { readFile } from "node:fs/promises";
import path from "node:path";
import process from "node:process";
import { getCACertificates } from "node:tls";
import { OperatorError } from "../../errors.ts";
import { askPlugin, type PluginCredentials } from "./exec-plugin.ts";
import type { KubeconfigCluster, KubeconfigUser } from "./kubeconfig.ts";
import { pluginEnvironment } from "./plugin-environment.ts";
import { SERVICE_ACCOUNT } from "./pod.ts";

/** The kubeconfig's entry of the cluster is wrong, or what the pod is given of its cluster. */
export class ClusterConfigError extends OperatorError {
  override name = "ClusterConfigError";
}

/** TLS settings as `node:tls` takes them. */
export interface TlsOptions {
  ca?: string;
  cert?: string;
  key?: string;
  servername?: string;
  rejectUnauthorized?: boolean;
}

/** The credentials of the user, and the CA of the API server. */
export interface Credentials {
  tls: TlsOptions;
  headers: Record<string, string | string[]>;
}

/** What exec plug-ins inherit. */
interface PluginInheritance {
  withheld?: readonly string[] | undefined;
  onWithheld?: ((command: string, variables: readonly string[]) => void) | undefined;
}

/** The credentials of one user at one cluster. */
export class CredentialReader {
  readonly #cluster: KubeconfigCluster;
  readonly #user: KubeconfigUser;
  readonly #inheritance: PluginInheritance;
  #plugin: PluginCredentials | undefined;
  #provider: Promise<() => Promise<string | undefined>> | undefined;

  constructor(cluster: KubeconfigCluster, user: KubeconfigUser, inheritance: PluginInheritance) {
    this.#cluster = cluster;
    this.#user = user;
    this.#inheritance = inheritance;
  }

  /** The API server refused the credentials of the plug-in: the plug-in runs again, whatever the expiry was. */
  forget(): void {
    this.#plugin = undefined;
  }

  /** Files are read each time; a plug-in runs again once its credentials have expired. */
  async read(now: Date, signal: AbortSignal): Promise<Credentials> {
    // As in kubectl: credentials are not sent over an unencrypted connection.
    if (!this.#cluster.server.startsWith("https://")) return { tls: {}, headers: {} };
    const { skipTlsVerify, tlsServerName } = this.#cluster;
    const ca = await readAuthority(this.#cluster);
    const plugin = await this.#ask(ca, now, signal);
    const cert = (await pem(this.#user.certData, this.#user.certFile)) ?? plugin?.certificate;
    const key = (await pem(this.#user.keyData, this.#user.keyFile)) ?? plugin?.key;
    return {
      tls: {
        ca: ca ?? ownAuthorities(),
        ...(cert === undefined ? {} : { cert }),
        ...(key === undefined ? {} : { key }),
        ...(tlsServerName === undefined ? {} : { servername: tlsServerName }),
        ...(skipTlsVerify ? { rejectUnauthorized: false } : {}),
      },
      headers: {
        ...impersonation(this.#user),
        ...(await this.#authorization(plugin)),
      },
    };
  }

  async #ask(ca: string | undefined, now: Date, signal: AbortSignal): Promise<PluginCredentials | undefined> {
    const { exec } = this.#user;
    if (exec === undefined) return undefined;
    const expires = this.#plugin?.expires;
    if (this.#plugin !== undefined && (expires === undefined || expires > now.getTime())) {
      return this.#plugin;
    }
    const caData = ca === undefined ? undefined : Buffer.from(ca).toString("base64");
    const terminal = process.stdin.isTTY === true;
    const { withheld = [], onWithheld } = this.#inheritance;
    const { environment, missing } = pluginEnvironment(exec, process.env, withheld);
    if (missing.length > 0) onWithheld?.(exec.command, missing);
    const options = { cluster: this.#cluster, caData, terminal, environment, missing };
    this.#plugin = await askPlugin(exec, options, signal);
    return this.#plugin;
  }

  async #authorization(plugin: PluginCredentials | undefined): Promise<Record<string, string>> {
    const { token, tokenFile, username, password = "", authProvider } = this.#user;
    if (tokenFile !== undefined) return bearer((await readFile(tokenFile, "utf8")).trim());
    if (token !== undefined) return bearer(token);
    if (username !== undefined) {
      return { authorization: `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}` };
    }
    if (plugin?.token !== undefined) return bearer(plugin.token);
    if (authProvider === undefined) return {};
    // The package is large, and kubectl still knows only this one provider.
    this.#provider ??= import("./auth-provider.ts").then(({ openProvider }) => openProvider(authProvider));
    const provided = await (await this.#provider)();
    return provided === undefined ? {} : { authorization: provided };
  }
}

/**
 * The authority of the API server.
 *
 * @throws {ClusterConfigError} where its file cannot be read: that is the matter of the cluster's entry, not of the user.
 */
async function readAuthority({ caData, caFile }: KubeconfigCluster): Promise<string | undefined> {
  try {
    return await pem(caData, caFile);
  } catch (error) {
    const { code } = error as { code?: unknown };
    const why = code === "ENOENT" ? "there is no such file" : `the file is not readable (${String(code)})`;
    throw new ClusterConfigError(`the file of its certificate authority, ${caFile}, cannot be read: ${why}`, {
      cause: error,
      advice:
        path.dirname(caFile ?? "") === SERVICE_ACCOUNT
          ? "The cluster puts ca.crt into the pod beside the token of its ServiceAccount: check automountServiceAccountToken, and the ConfigMap kube-root-ca.crt of the namespace"
          : "Correct certificate-authority of the cluster in the kubeconfig",
    });
  }
}

/** Data in the kubeconfig wins over the file that the kubeconfig names. */
async function pem(data: string | undefined, file: string | undefined): Promise<string | undefined> {
  if (data !== undefined) return Buffer.from(data, "base64").toString("utf8");
  return file === undefined ? undefined : await readFile(file, "utf8");
}

/** Without a CA, the CAs of this machine and of Node are trusted, as in kubectl. */
function ownAuthorities(): string {
  return [...new Set([...getCACertificates("default"), ...getCACertificates("system")])].join("\n");
}

function bearer(token: string): Record<string, string> {
  return { authorization: `Bearer ${token}` };
}

/** https://kubernetes.io/docs/reference/access-authn-authz/authentication/#user-impersonation */
function impersonation({ as, asUid, asGroups, asExtra }: KubeconfigUser): Record<string, string | string[]> {
  if (as === undefined) return {};
  const extra = Object.entries(asExtra).map(([name, values]) => [
    `impersonate-extra-${encodeURIComponent(name.toLowerCase())}`,
    [...values],
  ]);
  return {
    "impersonate-user": as,
    ...(asUid === undefined ? {} : { "impersonate-uid": asUid }),
    ...(asGroups.length === 0 ? {} : { "impersonate-group": [...asGroups] }),
    ...Object.fromEntries(extra),
  };
}
