/** The JSON document of a restore. docs/commands/restore.md documents the format, which is stable. */

import { backupOfMoment } from "../../change-log/replay/moment-name.ts";
import type { ClusterHere } from "../../command-line/cluster-here.ts";
import type { OwnedCount } from "../../restore/gitops-owners.ts";
import type { UnmetReference } from "../../restore/report/unmet-references.ts";
import type { ChangedKind } from "../../transform/survey-changes.ts";
import type { RestoreTally, Result, ResultItem } from "./tally.ts";
import type { Waited } from "./wait-for-workloads.ts";

/** Options of {@link restoreJson}. */
export interface RestoreResult {
  backup: string;
  /** Undefined where nobody reads the document. */
  cluster: ClusterHere | undefined;
  dryRun: "server" | "client" | undefined;
  paused: boolean;
  transformed: readonly ChangedKind[];
  gitOps: readonly OwnedCount[];
  tally: RestoreTally;
  notes: readonly string[];
  unmet: readonly UnmetReference[];
  flagWritten: boolean;
  /** Of a restore that reverts changes: what is left as others have written it. */
  conflicts?: readonly object[] | undefined;
  /** What came of --wait; undefined where nobody waited. */
  waited: Waited | undefined;
  /** Where the report of the restore is; undefined where it left none. */
  report: string | undefined;
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
  gitOps,
  tally,
  notes,
  unmet,
  flagWritten,
  conflicts,
  waited,
  report,
}: RestoreResult): object {
  const { summary, kinds, failures } = resultOf(tally);
  return {
    backup: backupOfMoment(backup),
    cluster,
    dryRun: dryRun ?? null,
    paused,
    transformed,
    gitOps,
    summary,
    kinds,
    items: tally.items.map((item) => ({
      resource: item.resource,
      kind: item.kind,
      namespace: item.namespace ?? null,
      name: item.name,
      outcome: item.outcome,
      reason: reasonOf(item),
    })),
    failures,
    notes,
    missingReferences: unmet,
    flagWritten,
    ...(conflicts === undefined ? {} : { conflicts }),
    waited: waited ?? null,
    report: report ?? null,
  };
}

/** What came of a restore, as its document and its report have it. */
export function resultOf(tally: RestoreTally) {
  return {
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
    failures: tally.failures.map((item) => ({
      resource: item.resource,
      kind: item.kind,
      namespace: item.namespace ?? null,
      name: item.name,
      reason: reasonOf(item),
    })),
  };
}

function reasonOf({ reason, deletion }: ResultItem): string | null {
  return deletion === true && reason !== undefined ? `not deleted: ${reason}` : (reason ?? null);
}
