import type { Archive } from "../../archive/reader.ts";
import type { ApiClient } from "../../cluster/requests/api-client.ts";
import { resourceName } from "../../kubernetes/resource.ts";
import { deleteExtraObjects, type ExtraObject, findExtraObjects } from "../../restore/prune.ts";
import { amount } from "../../words/amount.ts";
import type { Approval } from "./ask-to-restore.ts";
import type { RestoreRequest } from "./restore-request.ts";
import type { RestoreScope } from "./scope.ts";
import type { RestoreTally } from "./tally.ts";

/** Options of {@link pruneCluster}. */
export interface PruneOptions {
  client: ApiClient;
  archive: Archive;
  scope: RestoreScope;
  /** The namespace of the program, whose own objects stay. */
  programNamespace: string;
  /** Results of the restore. Deletions are added. */
  tally: RestoreTally;
  dryRun: RestoreRequest["dryRun"];
  /** What the user approved; undefined when the user was not asked. */
  approval: Approval | undefined;
}

/**
 * Deletes from the cluster the objects that are not in the backup. Deletes only after a restore without failures: an
 * extra object may be all that exists of something that could not be restored.
 *
 * @returns one sentence for each fact that the user should know.
 */
export async function pruneCluster(options: PruneOptions, signal: AbortSignal): Promise<string[]> {
  const { client, archive, scope, programNamespace, tally, dryRun, approval } = options;
  if (tally.failures.length > 0)
    return ["Nothing that is not in the backup was deleted, because objects failed"];
  // Searches again, since objects changed during the restore.
  const found = await findExtraObjects({ client, archive, programNamespace, ...scope }, signal);
  const extras = approval === undefined ? found : found.filter(({ uid }) => approval.deletions.has(uid));
  if (dryRun === "client") for (const extra of extras) tally.add({ ...itemOf(extra), outcome: "deleted" });
  else await deleteExtras(extras, options, signal);
  const later = found.length - extras.length;
  if (later === 0) return [];
  return [`${amount(later, "object")} not in the backup came after the question and stayed: run it again`];
}

async function deleteExtras(
  extras: readonly ExtraObject[],
  { client, dryRun, tally }: PruneOptions,
  signal: AbortSignal,
): Promise<void> {
  await deleteExtraObjects(
    {
      client,
      extras,
      dryRun: dryRun !== undefined,
      onDeletion: ({ reason, ...extra }) =>
        tally.add(
          reason === undefined
            ? { ...itemOf(extra), outcome: "deleted" }
            : { ...itemOf(extra), outcome: "failed", reason, deletion: true },
        ),
    },
    signal,
  );
}

function itemOf({ resource, namespace, name }: ExtraObject) {
  return { resource: resourceName(resource), kind: resource.kind, namespace, name };
}
