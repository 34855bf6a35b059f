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
  /** Asked before each request that may write. */
  guard?: RequestGuard | undefined;
}

/** Connects to the cluster that the settings select. */
export async function openConfiguredCluster({
  settings,
  log,
  now,
  onAnswer,
  guard,
}: OpenConfiguredClusterOptions): Promise<ApiClient> {
  const { kubeconfig, context, maxQps } = settings;
  const [{ openConnection }, { ApiClient }] = await Promise.all([
    import("../cluster/kubeconfig/connection.ts"),
    import("../cluster/requests/api-client.ts"),
  ]);
  return new ApiClient({
    connection: await openConnection({ kubeconfig, context }),
    userAgent: `kube-backup/${VERSION}`,
    now,
    maxQps,
    guard,
    ...(onAnswer === undefined ? {} : { onAnswer }),
    onRetry: (error) => log.debug({ err: error }, "Trying again"),
  });
}
