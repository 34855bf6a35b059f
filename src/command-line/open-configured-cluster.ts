import type { ApiClient, RequestGuard } from "../cluster/requests/api-client.ts";
import type { Settings } from "../settings/settings.ts";
import type { Log } from "../terminal/log/log.ts";
import { VERSION } from "../version.ts";

/** The part of a command's context that opening the cluster requires. */
export interface OpenConfiguredClusterOptions {
  settings: Settings;
  log: Log;
  now: () => Date;
  /** Called for each response of the API server. */
  onAnswer?: () => void;
  /** Told how long each exchange took, in seconds, and its status. */
  onExchange?: ((seconds: number, status: number | undefined) => void) | undefined;
  /** Asked before each request that may write. */
  guard?: RequestGuard | undefined;
}

/** Connects to the cluster that the settings select. */
export async function openConfiguredCluster({
  settings,
  log,
  now,
  onAnswer,
  onExchange,
  guard,
}: OpenConfiguredClusterOptions): Promise<ApiClient> {
  const { kubeconfig, context, as, asGroups, maxQps, requestTimeout, s3target, accessKey } = settings;
  const [{ openConnection }, { ApiClient }] = await Promise.all([
    import("../cluster/kubeconfig/connection.ts"),
    import("../cluster/requests/api-client.ts"),
  ]);
  return new ApiClient({
    connection: await openConnection({
      kubeconfig,
      context,
      impersonated: as === undefined ? undefined : { user: as, groups: asGroups ?? [] },
      withheld: s3target?.kind === "s3" ? accessKey?.sharedVariables : [],
      onWithheld: (command, variables) =>
        log.debug({ command, variables }, "The exec plug-in does not get the access key for S3"),
    }),
    userAgent: `kube-backup/${VERSION}`,
    now,
    maxQps,
    requestTimeout,
    guard,
    onExchange,
    ...(onAnswer === undefined ? {} : { onAnswer }),
    onRetry: (error) => log.debug({ err: error }, "Trying again"),
  });
}
