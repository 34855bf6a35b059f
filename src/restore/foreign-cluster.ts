import { readClusterId } from "../cluster/objects.ts";
import { OperatorError } from "../errors.ts";
import type { RestoreReport } from "./report/report.ts";
import { type RestoreOptions, restoreArchive } from "./restore-archive.ts";
import { findRunningWorkload, type RunningWorkloads } from "./running-workloads.ts";
import { hasToLook, judge, type Verdict } from "./verdict.ts";

/** What the check of a cluster needs. */
export interface ClusterCheckOptions
  extends Pick<RestoreOptions, "client" | "archive" | "selection" | "namespaceMapping" | "log"> {
  /** RESTORE_INTO_EMPTY_ONLY: refuse the backup of another cluster where workloads run already. */
  intoEmptyOnly: boolean;
  /** The namespace of the program, whose own workloads do not count; kube-system by default. */
  programNamespace?: string | undefined;
  /** What a run before this one found when it began this restore: the workloads that run here are its own by now. */
  recorded?: Verdict | undefined;
}

/** What a restore into a cluster needs. */
export type RestoreIntoOptions = RestoreOptions & ClusterCheckOptions;

/**
 * Restores an archive, after {@link checkCluster}.
 *
 * @throws {OperatorError} when that is refused by RESTORE_INTO_EMPTY_ONLY.
 */
export async function restoreIntoCluster(
  options: RestoreIntoOptions,
  signal: AbortSignal,
): Promise<RestoreReport> {
  await checkCluster(options, signal);
  return await restoreArchive(options, signal);
}

/**
 * Checks whether an archive is of this cluster, and otherwise whether workloads run here: the backup of another cluster
 * over workloads that run is more often a wrong bucket than a wish. Writes nothing.
 *
 * @throws {OperatorError} when that is refused by RESTORE_INTO_EMPTY_ONLY.
 */
export async function checkCluster(options: ClusterCheckOptions, signal: AbortSignal): Promise<Verdict> {
  const { archive, log, intoEmptyOnly, recorded } = options;
  const { id, name } = archive.manifest.cluster;
  const here = await readClusterId(options.client, signal);
  if (here === undefined) {
    log.info(
      `Whether ${archive.name} was made by this cluster is not known, without the right to read the namespace kube-system`,
    );
  }
  const known = { backup: archive.name, madeBy: id, madeByName: name, here, recorded, intoEmptyOnly };
  const running = hasToLook(known) ? await look(options, signal) : undefined;
  const judgment = judge({ ...known, running });
  if (judgment.kind === "refuse") {
    throw new OperatorError(`Cannot restore: ${judgment.reason}`, {
      advice: "Check the context and the store, or unset RESTORE_INTO_EMPTY_ONLY",
    });
  }
  if (judgment.warning !== undefined) log.warn({ backup: archive.name, cluster: id }, judgment.warning);
  return judgment.verdict;
}

async function look(options: ClusterCheckOptions, signal: AbortSignal): Promise<RunningWorkloads> {
  const { client, archive, selection, namespaceMapping, log, intoEmptyOnly, programNamespace } = options;
  const namespaces = new Set<string>();
  for (const namespace of archive.files.namespaces()) {
    if (selection?.namespace(namespace) === false) continue;
    namespaces.add(namespaceMapping?.get(namespace) ?? namespace);
  }
  const running = await findRunningWorkload({ client, namespaces, programNamespace }, signal);
  if (running.kind === "none" && running.unseen.length > 0 && intoEmptyOnly)
    log.warn(
      { resources: running.unseen },
      "Whether these run here already is not known, without the right to list them",
    );
  return running;
}
