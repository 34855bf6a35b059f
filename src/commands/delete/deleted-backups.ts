/** How `kube-backup delete` shows its work. docs/commands/delete.md documents the JSON. */

import type { Judgment } from "../../retention/judgment.ts";
import type { PlannedDeletion } from "../../retention/plan-deletion.ts";
import type { StoredBackup, StoredVersions } from "../../store/contract/store.ts";
import { formatBytes } from "../../terminal/bytes.ts";
import { formatAge } from "../../terminal/duration.ts";
import { type FixedColumn, fixedTable } from "../../terminal/fixed-table.ts";
import { rfc3339 } from "../../time/rfc3339.ts";
import { type ClusterIdentity, fullClusterTitle } from "../../words/cluster-title.ts";
import { shellCommand } from "../../words/shell-command.ts";

/** A backup that is to be deleted. */
export interface NamedDeletion extends PlannedDeletion {
  /** With --all-versions: what is stored under its name. */
  stored: StoredVersions | undefined;
}

/** What became of a backup. */
export type Outcome =
  | { outcome: "deleted" | "planned" | "untouched" }
  /** A bucket with versions keeps its bytes beneath a delete marker. */
  | { outcome: "hidden" }
  /** A guard speaks against it. */
  | { outcome: "refused"; reason: string }
  /** An object lock keeps it. */
  | { outcome: "locked"; reason: string }
  | { outcome: "failed"; reason: string };

/** A backup in JSON. */
interface DeletedBackup {
  name: string;
  /** RFC 3339, UTC, without fractions. */
  time: string;
  ageSeconds: number;
  /** With --all-versions, of all of them. */
  sizeBytes: number;
  /** With --all-versions: how many are stored. */
  versions?: number;
  /** Null where nothing tells it. */
  cluster: { id: string; name?: string } | null;
  outcome: Outcome["outcome"];
  reason: string | null;
}

/** The size of what is to go. */
export function sizeOf({
  backup,
  stored,
}: {
  backup: StoredBackup;
  stored: StoredVersions | undefined;
}): number {
  return stored?.size ?? backup.size;
}

/** The lines of the table: what is to be deleted. */
export function* deletionTable(
  deletions: readonly NamedDeletion[],
  { asOf, allVersions, width }: { asOf: Date; allVersions: boolean; width: number | undefined },
): Generator<string> {
  const columns: FixedColumn[] = [
    { title: "BACKUP", width: 23 },
    { title: "AGE", width: 9, drop: 1 },
    { title: "SIZE", width: 8, align: "right", drop: 0 },
    ...(allVersions ? [{ title: "VERSIONS", width: 8, align: "right", drop: 2 } as const] : []),
    { title: "CLUSTER", width: 36 },
  ];
  const table = fixedTable(columns, width);
  yield table.title;
  for (const deletion of deletions) {
    const { backup, judgment, stored } = deletion;
    yield* table.row([
      backup.name,
      formatAge(asOf.getTime() - backup.time.getTime()),
      formatBytes(sizeOf(deletion)),
      ...(allVersions ? [String(stored?.count ?? "-")] : []),
      clusterText(judgment),
    ]);
  }
}

/** The result as JSON and as text. The text follows the table. */
export function deletedBackups(
  deletions: readonly NamedDeletion[],
  { asOf, outcomeOf }: { asOf: Date; outcomeOf: (deletion: NamedDeletion) => Outcome },
): { json: DeletedBackup[]; text: string[] } {
  const json = deletions.map((deletion): DeletedBackup => {
    const { backup, judgment, stored } = deletion;
    const outcome = outcomeOf(deletion);
    return {
      name: backup.name,
      time: rfc3339(backup.time),
      ageSeconds: Math.floor((asOf.getTime() - backup.time.getTime()) / 1000),
      sizeBytes: sizeOf(deletion),
      ...(stored === undefined ? {} : { versions: stored.count }),
      cluster: clusterOf(judgment) ?? null,
      outcome: outcome.outcome,
      reason: "reason" in outcome ? outcome.reason : null,
    };
  });
  const count = (outcome: Outcome["outcome"]) => json.filter((each) => each.outcome === outcome).length;
  const amounts = [
    [count("deleted"), "deleted"],
    [count("hidden"), "deleted from every list"],
    [count("planned"), "would be deleted"],
    [count("failed"), "not deleted"],
    [count("locked"), "locked"],
    [count("untouched"), "not tried"],
    [count("refused"), "held back"],
  ] as const;
  const summary = amounts.filter(([amount]) => amount > 0).map(([amount, what]) => `${amount} ${what}`);
  const failures = json.flatMap(({ outcome, reason }) => (outcome === "refused" ? [] : (reason ?? [])));
  const hidden = json.filter(({ outcome }) => outcome === "hidden").map(({ name }) => name);
  return { json, text: [...failures, summary.join(", "), ...describeHidden(hidden)] };
}

function describeHidden([first]: readonly string[]): string[] {
  if (first === undefined) return [];
  const command = shellCommand`kube-backup delete --all-versions ${first}`;
  return [
    `The bucket has versions: the bytes stay beneath a delete marker. To remove them for good: ${command}`,
  ];
}

function clusterOf(judgment: Judgment): { id: string; name?: string } | undefined {
  if (judgment.state !== "valid") return undefined;
  const { cluster: id, name } = judgment;
  return name === undefined ? { id } : { id, name };
}

function clusterText(judgment: Judgment): string {
  const cluster: ClusterIdentity | undefined = clusterOf(judgment);
  if (cluster !== undefined) return fullClusterTitle(cluster);
  return "reason" in judgment && judgment.state !== "changed" ? `not known (${judgment.state})` : "not known";
}
