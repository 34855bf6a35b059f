import type { ManifestResource } from "../archive/format/manifest.ts";
import { listPages } from "../cluster/lists/list.ts";
import { readClusterId } from "../cluster/objects.ts";
import type { ApiClient } from "../cluster/requests/api-client.ts";
import { OperatorError } from "../errors.ts";
import { portable } from "../objects/portable.ts";
import type { RestoreReport } from "./report/report.ts";
import { type RestoreOptions, restoreArchive } from "./restore-archive.ts";

/** What a restore into a cluster needs. */
export interface RestoreIntoOptions extends RestoreOptions {
  /** RESTORE_INTO_EMPTY_ONLY: refuse the backup of another cluster where workloads run already. */
  intoEmptyOnly: boolean;
  /** Whether a run before this one was interrupted: the workloads that run here are then its own. */
  resumed: boolean;
}

/**
 * Restores an archive, after a check whether the archive is of this cluster: the backup of another cluster over
 * workloads that run is more often a wrong bucket than a wish.
 *
 * @throws {OperatorError} when that is refused by RESTORE_INTO_EMPTY_ONLY.
 */
export async function restoreIntoCluster(
  options: RestoreIntoOptions,
  signal: AbortSignal,
): Promise<RestoreReport> {
  const { client, archive, log, intoEmptyOnly, resumed } = options;
  const { id } = archive.manifest.cluster;
  if (!resumed && (await readClusterId(client, signal)) !== id) {
    const running = await findWorkload(client, archive.manifest.resources, signal);
    if (running !== undefined) {
      const fact = `${archive.name} was made by another cluster (${id}), and this one already runs ${running}`;
      if (intoEmptyOnly) {
        throw new OperatorError(`Cannot restore: ${fact}, which RESTORE_INTO_EMPTY_ONLY forbids`, {
          advice: "Check the context and the store, or unset RESTORE_INTO_EMPTY_ONLY",
        });
      }
      log.warn({ backup: archive.name, cluster: id }, fact);
    }
  }
  return await restoreArchive(options, signal);
}

/** A workload that this cluster runs outside the system namespaces, `Deployment shop/web`. */
async function findWorkload(
  client: ApiClient,
  resources: readonly ManifestResource[],
  signal: AbortSignal,
): Promise<string | undefined> {
  for (const resource of resources.filter(({ group }) => group === "apps")) {
    for await (const page of listPages(client, resource, {}, signal)) {
      for (const item of page.items) {
        const object = portable(resource, item);
        if (object !== undefined && !object.namespace?.startsWith("kube-")) {
          return `${resource.kind} ${object.namespace}/${object.name}`;
        }
      }
    }
  }
  return undefined;
}
