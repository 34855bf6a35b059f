/** The JSON document of a restore. docs/commands/restore.md documents the format, which is stable. */

import type { ClusterHere } from "../../command-line/cluster-here.ts";
import type { UnmetReference } from "../../restore/report/unmet-references.ts";
import type { ChangedKind } from "../../transform/survey-changes.ts";
import type { RestoreTally, Result, ResultItem } from "./tally.ts";

/** Options of {@link restoreJson}. */
export interface RestoreResult {
  backup: string;
  /** Undefined where nobody reads the document. */
  cluster: ClusterHere | undefined;
  dryRun: "server" | "client" | undefined;
  paused: boolean;
  transformed: readonly ChangedKind[];
  tally: RestoreTally;
  notes: readonly string[];
  unmet: readonly UnmetReference[];
  flagWritten: boolean;
  /** Of a restore that reverts changes: what is left as others have written it. */
  conflicts?: readonly object[] | undefined;
}

/** Results that `kinds` always contains for each kind. Other results are present when they are not zero. */
const ALWAYS: readonly Result[] = ["created", "unchanged", "skipped", "failed"];

/** Creates the document. */
export function restoreJson({
  backup,
  cluster,
  dryRun,
  paused,
  transformed,
  tally,
  notes,
  unmet,
  flagWritten,
  conflicts,
}: RestoreResult): object {
  return {
    // A moment between backups has the name of the backup that it starts from, and more.
    backup: backup.replace(/ .*$/s, ""),
    cluster,
    dryRun: dryRun ?? null,
    paused,
    transformed,
    summary: tally.summary(),
    kinds: Object.fromEntries(
      tally
        .byResource()
        .map(({ title, counts }) => [
          title,
          Object.fromEntries(
            Object.entries(counts).filter(
              ([result, count]) => count > 0 || ALWAYS.includes(result as Result),
            ),
          ),
        ]),
    ),
    items: tally.items.map((item) => ({
      resource: item.resource,
      kind: item.kind,
      namespace: item.namespace ?? null,
      name: item.name,
      outcome: item.outcome,
      reason: reasonOf(item),
    })),
    failures: tally.failures.map((item) => ({
      resource: item.resource,
      kind: item.kind,
      namespace: item.namespace ?? null,
      name: item.name,
      reason: reasonOf(item),
    })),
    notes,
    missingReferences: unmet,
    flagWritten,
    ...(conflicts === undefined ? {} : { conflicts }),
  };
}

function reasonOf({ reason, deletion }: ResultItem): string | null {
  return deletion === true && reason !== undefined ? `not deleted: ${reason}` : (reason ?? null);
}
