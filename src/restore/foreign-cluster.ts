import { listInNamespaces } from "../cluster/lists/list-in-namespaces.ts";
import { readClusterId } from "../cluster/objects.ts";
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
  const { archive, log, intoEmptyOnly, resumed } = options;
  const { id } = archive.manifest.cluster;
  const here = resumed ? id : await readClusterId(options.client, signal);
  const unknown = `whether ${archive.name} was made by this cluster is not known, without the right to read the namespace kube-system`;
  if (here === undefined) log.info(unknown.replace("whether", "Whether"));
  // Only who forbids the backup of another cluster has to know.
  const looks = here === undefined ? intoEmptyOnly : here !== id;
  const running = looks ? await findWorkload(options, signal) : undefined;
  if (running !== undefined) {
    const fact =
      here === undefined
        ? `${unknown}, and it already runs ${running}`
        : `${archive.name} was made by another cluster (${id}), and this one already runs ${running}`;
    if (intoEmptyOnly) {
      throw new OperatorError(`Cannot restore: ${fact}, which RESTORE_INTO_EMPTY_ONLY forbids`, {
        advice: "Check the context and the store, or unset RESTORE_INTO_EMPTY_ONLY",
      });
    }
    log.warn({ backup: archive.name, cluster: id }, fact);
  }
  return await restoreArchive(options, signal);
}

/** A workload that this cluster, or what this user sees of it, runs outside the system namespaces: `Deployment shop/web`. */
async function findWorkload(
  { client, archive, selection, namespaceMapping }: RestoreIntoOptions,
  signal: AbortSignal,
): Promise<string | undefined> {
  const namespaces = new Set<string>();
  for (const { namespace } of archive.manifest.files) {
    if (namespace === undefined || selection?.namespace(namespace) === false) continue;
    namespaces.add(namespaceMapping?.get(namespace) ?? namespace);
  }
  for (const resource of archive.manifest.resources.filter(({ group }) => group === "apps")) {
    for await (const page of listInNamespaces(client, resource, { namespaces, everywhere: true }, signal)) {
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
