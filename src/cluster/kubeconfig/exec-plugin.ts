/**
 * Exec plug-ins: programs that provide credentials, as kubectl runs them
 * (https://kubernetes.io/docs/reference/access-authn-authz/authentication/#client-go-credential-plugins).
 */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { OperatorError } from "../../errors.ts";
import type { KubeconfigCluster, KubeconfigExec } from "./kubeconfig.ts";
import { record, text } from "./kubeconfig-values.ts";

const VERSIONS = ["client.authentication.k8s.io/v1", "client.authentication.k8s.io/v1beta1"];
/** The answer of a plug-in is a few kilobytes: a longer output is no answer. */
const ANSWER_MOST = 1024 * 1024;

/** The credentials that a plug-in provided. */
export interface PluginCredentials {
  token?: string | undefined;
  /** PEM, with the key. */
  certificate?: string | undefined;
  key?: string | undefined;
  /** When the credentials expire, in milliseconds since 1970; never by default. */
  expires?: number | undefined;
}

/** Returns what a plug-in is told of the cluster: the CA certificate in base64. */
export interface PluginOptions {
  cluster: KubeconfigCluster;
  caData: string | undefined;
  /** Whether standard input is a terminal. */
  terminal: boolean;
  /** What the plug-in inherits, with the variables of the kubeconfig. */
  environment: Readonly<Record<string, string | undefined>>;
  /** The variables that the plug-in does not inherit. */
  missing: readonly string[];
}

/**
 * Runs a plug-in and reads the credentials from its output.
 *
 * @throws {OperatorError} where the plug-in cannot run, fails, or writes something else.
 */
export async function askPlugin(
  exec: KubeconfigExec,
  options: PluginOptions,
  signal: AbortSignal,
): Promise<PluginCredentials> {
  const interactive = mayAsk(exec, options.terminal);
  const child = spawn(exec.command, exec.args, {
    env: {
      ...options.environment,
      KUBERNETES_EXEC_INFO: JSON.stringify(execInfo(exec, interactive, options)),
    },
    // Questions go to the terminal; other output of the plug-in belongs in the error, if there is one.
    stdio: [interactive ? "inherit" : "ignore", "pipe", interactive ? "inherit" : "pipe"],
    signal,
  });
  let answer = "";
  let said = "";
  child.stdout?.setEncoding("utf8").on("data", (chunk: string) => {
    answer += chunk;
    if (answer.length > ANSWER_MOST) child.kill();
  });
  child.stderr?.setEncoding("utf8").on("data", (chunk: string) => {
    said = `${said}${chunk}`.slice(-4096);
  });
  let status: number | null;
  try {
    [status] = await once(child, "close");
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    throw notRun(exec, error as NodeJS.ErrnoException);
  }
  if (status !== 0) {
    const last = said.trim().split("\n").at(-1)?.slice(0, 200) ?? "";
    const how = status === null ? "was ended by a signal" : `failed with exit status ${status}`;
    throw failed(exec, `${how}${last === "" ? "" : `: ${last}`}`, missingHint(options.missing));
  }
  return readCredential(exec, answer);
}

/** Reads an ExecCredential. */
function readCredential(exec: KubeconfigExec, answer: string): PluginCredentials {
  let document: Record<string, unknown>;
  try {
    document = record(JSON.parse(answer));
  } catch {
    throw failed(exec, "wrote something that is no JSON");
  }
  const kind = text(document["kind"]);
  const version = text(document["apiVersion"]);
  if (kind !== "ExecCredential" || version !== exec.apiVersion) {
    throw failed(
      exec,
      `wrote ${kind ?? "no kind"} of ${version ?? "no version"}, not an ExecCredential of ${exec.apiVersion}`,
    );
  }
  const status = record(document["status"]);
  const token = text(status["token"]);
  const certificate = text(status["clientCertificateData"]);
  const key = text(status["clientKeyData"]);
  if (token === undefined && certificate === undefined) {
    throw failed(exec, "wrote neither a token nor a client certificate");
  }
  if ((certificate === undefined) !== (key === undefined)) {
    throw failed(exec, "wrote a client certificate or a key without the other");
  }
  const expires = Date.parse(text(status["expirationTimestamp"]) ?? "");
  return { token, certificate, key, expires: Number.isNaN(expires) ? undefined : expires };
}

/** Whether the plug-in gets standard input. */
function mayAsk(exec: KubeconfigExec, terminal: boolean): boolean {
  if (!VERSIONS.includes(exec.apiVersion)) {
    throw failed(
      exec,
      `has the apiVersion "${exec.apiVersion}" in the kubeconfig, which is none of ${VERSIONS.join(", ")}`,
    );
  }
  const mode = exec.interactiveMode ?? (exec.apiVersion.endsWith("/v1") ? "" : "IfAvailable");
  if (!["Never", "IfAvailable", "Always"].includes(mode)) {
    throw failed(
      exec,
      `has the interactiveMode "${mode}" in the kubeconfig, which is none of Never, IfAvailable, Always`,
    );
  }
  if (mode === "Always" && !terminal)
    throw failed(exec, "must ask a person, and standard input is no terminal");
  return mode !== "Never" && terminal;
}

/** The ExecCredential that a plug-in reads from KUBERNETES_EXEC_INFO. */
function execInfo(exec: KubeconfigExec, interactive: boolean, { cluster, caData }: PluginOptions): object {
  const info = {
    server: cluster.server,
    "tls-server-name": cluster.tlsServerName,
    "insecure-skip-tls-verify": cluster.skipTlsVerify || undefined,
    "certificate-authority-data": caData,
    "proxy-url": cluster.proxyUrl,
    config: cluster.execConfig ?? null,
  };
  return {
    kind: "ExecCredential",
    apiVersion: exec.apiVersion,
    spec: { ...(exec.provideClusterInfo ? { cluster: info } : {}), interactive },
  };
}

/** The failure may be for want of what the plug-in does not get. */
function missingHint(missing: readonly string[]): string | undefined {
  if (missing.length === 0) return undefined;
  return `The plug-in does not get ${missing.join(", ")}, which is the access key for S3: give that key as KUBE_BACKUP_AWS_… instead, and the plug-in gets these`;
}

function notRun(exec: KubeconfigExec, error: NodeJS.ErrnoException): OperatorError {
  const reason = error.code === "ENOENT" ? "is not there" : `cannot be run (${error.code ?? error.name})`;
  return failed(exec, reason, exec.installHint?.trim());
}

function failed({ command }: KubeconfigExec, what: string, hint?: string): OperatorError {
  return new OperatorError(`the exec plug-in ${command} ${what}`, {
    advice: hint || "Run kubectl with the same context, or log in anew as that plug-in wants it",
  });
}
