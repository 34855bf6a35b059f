import type { Archive } from "../../archive/reader.ts";
import type { ApiClient } from "../../cluster/requests/api-client.ts";
import { resourceName } from "../../kubernetes/resource.ts";
import { deleteExtraObjects, type ExtraObject, findExtraObjects } from "../../restore/prune.ts";
import type { Approval } from "./ask-to-restore.ts";
import type { RestoreRequest } from "./restore-request.ts";
import type { RestoreScope } from "./scope.ts";
import type { RestoreTally } from "./tally.ts";

/** What `--prune` needs to know. */
export interface PruneOptions {
  client: ApiClient;
  archive: Archive;
  scope: RestoreScope;
  /** Holds what the restore came to; deletions are counted in it. */
  tally: RestoreTally;
  dryRun: RestoreRequest["dryRun"];
  /** What the person has agreed to, where one was asked. */
  approval: Approval | undefined;
}

/**
 * Deletes from the cluster what is not in the backup; after a restore in which nothing failed only,
 * for what is extra may be all that there is of something that did not come back.
 *
 * @returns what the person should know, one sentence each.
 */
export async function pruneCluster(options: PruneOptions, signal: AbortSignal): Promise<string[]> {
  const { client, archive, scope, tally, dryRun, approval } = options;
  if (tally.failures.length > 0)
    return ["Nothing that is not in the backup was deleted, because objects failed"];
  // Looked for anew: the restore took its time, and objects go on changing meanwhile.
  const found = await findExtraObjects({ client, archive, ...scope }, signal);
  const extras = approval === undefined ? found : found.filter(({ uid }) => approval.deletions.has(uid));
  if (dryRun === "client") for (const extra of extras) tally.add({ ...itemOf(extra), outcome: "deleted" });
  else await deleteExtras(extras, options, signal);
  const later = found.length - extras.length;
  if (later === 0) return [];
  return [`${later} objects that are not in the backup came after the question and were left: run it again`];
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
