import process from "node:process";
import { KubeConfig } from "@kubernetes/client-node";
import { OperatorError, UsageError } from "../errors.ts";

/** Which cluster to speak to. */
export interface ConnectionOptions {
  /** Path of a kubeconfig; otherwise KUBECONFIG, ~/.kube/config, or the pod's ServiceAccount. */
  kubeconfig?: string | undefined;
  /** A context of it; otherwise its current one. */
  context?: string | undefined;
}

/** TLS settings as `node:tls` takes them. */
export interface TlsOptions {
  ca?: string;
  cert?: string;
  key?: string;
  servername?: string;
  rejectUnauthorized?: boolean;
}

/** The way to one API server, with what proves who we are. */
export interface Connection {
  /** Base URL without a slash at the end. */
  readonly server: string;
  /** The context's name, as people know it. */
  readonly context: string;
  readonly proxyUrl: string | undefined;
  /** TLS settings and headers as of now: tokens are renewed, and exec plug-ins are asked again. */
  credentials(): Promise<{ tls: TlsOptions; headers: Record<string, string> }>;
}

/**
 * Reads the kubeconfig as kubectl does.
 *
 * @throws {UsageError} when it cannot be read or names no such context.
 */
export async function openConnection(options: ConnectionOptions): Promise<Connection> {
  const config = loadConfig(options);
  if (options.context !== undefined) config.setCurrentContext(options.context);
  const cluster = config.getCurrentCluster();
  if (cluster === null) throw missingContext(config);
  // As kubectl: a server that is written with http:// is meant so. The library wants it said twice.
  if (cluster.server.startsWith("http://")) Object.assign(cluster, { skipTLSVerify: true });
  return {
    server: cluster.server.replace(/\/+$/, ""),
    context: config.getCurrentContext(),
    proxyUrl: cluster.proxyUrl,
    credentials: () => readCredentials(config),
  };
}

function loadConfig({ kubeconfig }: ConnectionOptions): KubeConfig {
  const config = new KubeConfig();
  try {
    if (kubeconfig === undefined) config.loadFromDefault();
    else config.loadFromFile(kubeconfig);
  } catch (error) {
    const file = kubeconfig ?? process.env["KUBECONFIG"] ?? "~/.kube/config";
    throw new UsageError([`Cannot read the kubeconfig ${file}: ${oneLine(error)}`], {
      cause: error,
      advice: "Name a readable file with KUBECONFIG or --kubeconfig",
    });
  }
  return config;
}

function missingContext(config: KubeConfig): UsageError {
  const names = config.getContexts().map((context) => context.name);
  const wanted = config.getCurrentContext();
  return new UsageError(
    [
      wanted
        ? `Cannot use the context "${wanted}": the kubeconfig has none of that name`
        : "Cannot choose a cluster: the kubeconfig names no current context",
    ],
    {
      advice:
        names.length > 0
          ? `Choose one with --context: ${names.join(", ")}`
          : "Name another file with KUBECONFIG or --kubeconfig",
    },
  );
}

async function readCredentials(
  config: KubeConfig,
): Promise<{ tls: TlsOptions; headers: Record<string, string> }> {
  const options: { headers?: Record<string, string>; auth?: string } & Record<string, unknown> = {};
  try {
    await config.applyToHTTPSOptions(options);
  } catch (error) {
    throw new OperatorError(
      `Cannot authenticate to the cluster of the context "${config.getCurrentContext()}": ${oneLine(error)}`,
      {
        cause: error,
        advice: "Check the user of that context in the kubeconfig, and its exec plug-in if it has one",
      },
    );
  }
  const headers: Record<string, string> = { ...options.headers };
  if (options.auth !== undefined) headers["authorization"] = `Basic ${btoa(options.auth)}`;
  const tls: TlsOptions = {};
  for (const name of ["ca", "cert", "key", "servername"] as const) {
    const value = options[name];
    if (value !== undefined && value !== null) tls[name] = String(value);
  }
  if (options["rejectUnauthorized"] === false) tls.rejectUnauthorized = false;
  return { tls, headers };
}

/** The first line only: a YAML error goes on to quote the file, which holds credentials. */
function oneLine(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.split("\n", 1)[0] ?? "";
}
