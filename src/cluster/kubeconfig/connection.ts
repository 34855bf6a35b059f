import process from "node:process";
import { OperatorError, UsageError } from "../../errors.ts";
import { environmentProxy, readProxyUrl } from "../../network/environment-proxy.ts";
import { ClusterConfigError, CredentialReader, type Credentials } from "./credentials.ts";
import type { Kubeconfig, KubeconfigCluster } from "./kubeconfig.ts";
import { loadKubeconfig } from "./load-kubeconfig.ts";

/** Which cluster to connect to. */
export interface ConnectionOptions {
  /** Path of a kubeconfig, or of several as in KUBECONFIG; by default ~/.kube/config, or the ServiceAccount of the pod. */
  kubeconfig?: string | undefined;
  /** A context of the kubeconfig; the current context by default. */
  context?: string | undefined;
  /** Who to impersonate, in place of whom the kubeconfig names. */
  impersonated?: { user: string; groups: readonly string[] } | undefined;
  /** Variables with a secret of this program, which exec plug-ins do not inherit; `plugin-environment.ts`. */
  withheld?: readonly string[] | undefined;
  /** Called with the variables that an exec plug-in did not inherit. */
  onWithheld?: ((command: string, variables: readonly string[]) => void) | undefined;
}

/** The connection to one API server, with the credentials. */
export interface Connection {
  /** Base URL without a trailing slash. */
  readonly server: string;
  /** The name of the context. */
  readonly context: string;
  readonly proxyUrl: string | undefined;
  /** The current TLS settings and headers: token files are read again, and exec plug-ins run again when it is time. */
  credentials(now: Date, signal: AbortSignal): Promise<Credentials>;
  /** The API server refused the credentials: an exec plug-in runs again. */
  refused(): void;
}

/**
 * Reads the kubeconfig as kubectl does. Nothing is contacted.
 *
 * @throws {UsageError} where the kubeconfig cannot be read, or has no such context.
 */
export async function openConnection(options: ConnectionOptions): Promise<Connection> {
  const config = loadKubeconfig(options.kubeconfig);
  const name = options.context ?? config.currentContext;
  const context = config.contexts.get(name ?? "");
  if (name === undefined || context === undefined) throw missingContext(config, name);
  const cluster = config.clusters.get(context.cluster);
  if (cluster === undefined) throw missingPart(name, "cluster", context.cluster);
  const own = context.user === undefined ? nobody() : config.users.get(context.user);
  if (own === undefined) throw missingPart(name, "user", context.user ?? "");
  const { impersonated: other } = options;
  const user =
    other === undefined
      ? own
      : { ...own, as: other.user, asUid: undefined, asGroups: other.groups, asExtra: {} };
  const server = serverUrl(name, cluster);
  const reader = new CredentialReader({ ...cluster, server }, user, options);
  return {
    server,
    context: name,
    proxyUrl: proxyUrl(name, cluster.proxyUrl ?? environmentProxy(server, process.env)),
    credentials: async (now, signal) => {
      try {
        return await reader.read(now, signal);
      } catch (error) {
        signal.throwIfAborted();
        throw cannotAuthenticate(name, error);
      }
    },
    refused: () => reader.forget(),
  };
}

/** A context without a user needs no login. */
function nobody() {
  return { asGroups: [], asExtra: {} };
}

/** As in kubectl, an address without a scheme is an http address. */
function serverUrl(context: string, { server }: KubeconfigCluster): string {
  const url = (server.includes("://") ? server : `http://${server}`).replace(/\/+$/, "");
  if (server !== "" && URL.canParse(url) && /^https?:/.test(url)) return url;
  throw new UsageError(
    [`Cannot use the context "${context}": its cluster has "${server}" for a server's URL`],
    {
      advice: "Correct the server in the kubeconfig: https://HOST:PORT",
    },
  );
}

function proxyUrl(context: string, proxy: string | undefined): string | undefined {
  if (proxy === undefined) return undefined;
  const url = readProxyUrl(proxy);
  if (url !== undefined) return url;
  throw new UsageError(
    [`Cannot use the context "${context}": its proxy's URL is none of http://, https:// and socks5://`],
    { advice: "Correct proxy-url in the kubeconfig, or HTTPS_PROXY in the environment" },
  );
}

function missingContext({ contexts }: Kubeconfig, wanted: string | undefined): UsageError {
  return new UsageError(
    [
      wanted
        ? `Cannot use the context "${wanted}": the kubeconfig has none of that name`
        : "Cannot choose a cluster: the kubeconfig names no current context",
    ],
    {
      advice:
        contexts.size > 0
          ? `Choose one with --context: ${[...contexts.keys()].join(", ")}`
          : "Name another file with KUBECONFIG or --kubeconfig",
    },
  );
}

function missingPart(context: string, part: "cluster" | "user", name: string): UsageError {
  return new UsageError(
    [`Cannot use the context "${context}": the kubeconfig has no ${part} "${name}", which it names`],
    { advice: "Correct the kubeconfig, or list in KUBECONFIG all files that belong together" },
  );
}

function cannotAuthenticate(context: string, error: unknown): OperatorError {
  if (error instanceof ClusterConfigError) {
    return new OperatorError(`Cannot connect to the cluster of the context "${context}": ${error.message}`, {
      cause: error,
      ...(error.advice === undefined ? {} : { advice: error.advice }),
    });
  }
  const reason = error instanceof Error ? (error.message.split("\n", 1)[0] ?? "") : String(error);
  return new OperatorError(`Cannot authenticate to the cluster of the context "${context}": ${reason}`, {
    cause: error,
    advice:
      (error instanceof OperatorError ? error.advice : undefined) ??
      "Check the user of that context in the kubeconfig",
  });
}
