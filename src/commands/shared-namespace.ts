import type { ApiClient } from "../cluster/requests/api-client.ts";
import { OperatorError } from "../errors.ts";
import { findWorkloadBeside } from "../restore/running-workloads.ts";
import type { Settings } from "../settings/settings.ts";

/** The namespace of the cluster itself, which every program of the cluster shares. */
const SYSTEM_NAMESPACE = "kube-system";

/**
 * Refuses a namespace of the program in which workloads of others run, unless that is wanted: whoever may run a Pod there
 * reads the program's keys and may use its ServiceAccount, and the Secrets that its pods use are in no backup.
 *
 * @throws {OperatorError} where one is there, and ALLOW_SHARED is not set.
 */
export async function rejectSharedNamespace(
  client: ApiClient,
  { programNamespace, allowShared }: Pick<Settings, "programNamespace" | "allowShared">,
  signal: AbortSignal,
): Promise<void> {
  if (allowShared || programNamespace === SYSTEM_NAMESPACE) return;
  const workload = await findWorkloadBeside({ client, programNamespace }, signal);
  if (workload === undefined) return;
  throw new OperatorError(
    `Cannot run in the namespace ${programNamespace}: ${workload} is there too, and whoever may run Pods there can use kube-backup's rights and read its keys`,
    {
      advice:
        "Give kube-backup a namespace of its own, or set ALLOW_SHARED=true (--allow-shared) where all who may write there may do that",
    },
  );
}
