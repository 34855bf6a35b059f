/** How `kube-backup list` shows a backup. docs/commands/list.md documents the JSON. */

import { clusterReference } from "../../archive/format/cluster-reference.ts";
import { excludedObjects, totalObjects } from "../../archive/format/counts.ts";
import { warningsOf } from "../../archive/format/lacking.ts";
import type { Manifest } from "../../archive/format/manifest.ts";
import { describeNotKept } from "../../archive/format/not-kept.ts";
import { describeScope } from "../../archive/format/scope.ts";
import { type Inspection, knownManifest } from "../../catalog/inspect-backup.ts";
import type { GateDecision } from "../../restore-gate/decide.ts";
import type { StoredBackup } from "../../store/contract/store.ts";
import { formatBytes } from "../../terminal/bytes.ts";
import { formatAge } from "../../terminal/duration.ts";
import { type FixedColumn, fixedTable } from "../../terminal/fixed-table.ts";
import { rfc3339 } from "../../time/rfc3339.ts";
import { amount } from "../../words/amount.ts";

/** A backup in JSON. The fields of `LongFields` are present with `--long` only. */
export interface ListedBackup extends Partial<LongFields> {
  name: string;
  /** RFC 3339, UTC, without fractions. */
  time: string;
  ageSeconds: number;
  sizeBytes: number;
  /** When it was removed, with --deleted. */
  deleted?: string;
  /** What the gate would decide in a cluster without the flag, were this the newest. Present when MAXRESTOREAGE is set. */
  gate?: GateDecision;
}

/** The facts of the manifest, or of the note of an encrypted backup without its key; null when the manifest cannot be read. */
interface LongFields {
  /** `ok`: the manifest and the table of contents are in order. `encrypted`: no key opens it, and the note says the rest. */
  state: "ok" | "damaged" | "newer format" | "encrypted";
  /** Why the backup cannot be read; null when the backup is readable. */
  reason: string | null;
  objects: number | null;
  namespaces: number | null;
  /** The cluster that made it, with its CLUSTER_NAME where it has one. */
  cluster: { id: string; name?: string } | null;
  kubernetesVersion: string | null;
  oneMoment: boolean | null;
  /** Which namespaces the backup was asked for; null where it is of all of them. */
  scope: Manifest["scope"] | null;
  /** Resources that could not be read when the backup was taken. */
  missing: readonly { resource: string; reason: string }[] | null;
  /** Number of objects that a label left out, by resource. */
  excluded: Readonly<Record<string, number>> | null;
  warnings: readonly string[] | null;
  /** The kinds that existed and are not kept. */
  notKept: Manifest["notKept"] | null;
}

/** What is known of a backup. */
export interface BackupFacts {
  backup: StoredBackup;
  asOf: Date;
  gate?: GateDecision | undefined;
  inspection?: Inspection | undefined;
}

/** Assembles the JSON of a backup. */
export function listedBackup({ backup, asOf, gate, inspection }: BackupFacts): ListedBackup {
  return {
    name: backup.name,
    time: rfc3339(backup.time),
    ageSeconds: Math.floor((asOf.getTime() - backup.time.getTime()) / 1000),
    sizeBytes: backup.size,
    ...(backup.deleted === undefined ? {} : { deleted: rfc3339(backup.deleted) }),
    // What cannot be read is no backup to the gate.
    ...(gate === undefined || inspection?.state === "damaged" ? {} : { gate }),
    ...(inspection === undefined ? {} : longFields(inspection)),
  };
}

function longFields(inspection: Inspection): LongFields {
  const manifest = knownManifest(inspection);
  if (manifest === undefined) {
    const unknown = {
      objects: null,
      namespaces: null,
      cluster: null,
      kubernetesVersion: null,
    };
    return {
      state: stateName(inspection),
      reason: reasonOf(inspection),
      ...unknown,
      oneMoment: null,
      scope: null,
      missing: null,
      excluded: null,
      warnings: null,
      notKept: null,
    };
  }
  const { counts, cluster, oneMoment, scope, missing, excluded, notKept = [] } = manifest;
  return {
    state: stateName(inspection),
    reason: reasonOf(inspection),
    objects: totalObjects({ counts }),
    namespaces: counts["Namespace"] ?? 0,
    cluster: clusterReference(cluster),
    kubernetesVersion: cluster.kubernetesVersion,
    oneMoment,
    scope: scope ?? null,
    missing,
    excluded,
    warnings: warningsOf(manifest),
    notKept,
  };
}

function stateName({ state }: Inspection): LongFields["state"] {
  return state === "valid" ? "ok" : state;
}

function reasonOf(inspection: Inspection): string | null {
  return inspection.state === "valid" ? null : inspection.reason;
}

interface ListColumn extends FixedColumn {
  cell: (backup: ListedBackup) => string;
}

const NAME: ListColumn = { title: "BACKUP", width: 23, cell: ({ name }) => name };
const TIME: ListColumn = {
  title: "TIME (UTC)",
  width: 19,
  drop: 1, // The name contains the time.
  cell: ({ time }) => time.slice(0, 19).replace("T", " "),
};
const AGE: ListColumn = {
  title: "AGE",
  width: 9,
  drop: 7,
  cell: ({ ageSeconds }) => formatAge(ageSeconds * 1000),
};
const SIZE: ListColumn = {
  title: "SIZE",
  width: 8,
  align: "right",
  drop: 5,
  cell: ({ sizeBytes }) => formatBytes(sizeBytes),
};
const DELETED: ListColumn = {
  title: "DELETED (UTC)",
  width: 19,
  drop: 6,
  cell: ({ deleted }) => deleted?.slice(0, 19).replace("T", " ") ?? "-",
};
const GATE: ListColumn = { title: "GATE", width: 6, drop: 6, cell: ({ gate }) => gate?.because ?? "-" };
const LONG: readonly ListColumn[] = [
  { title: "OBJECTS", width: 7, align: "right", drop: 8, cell: ({ objects }) => String(objects ?? "-") },
  {
    title: "NAMESPACES",
    width: 10,
    align: "right",
    drop: 4,
    cell: ({ namespaces }) => String(namespaces ?? "-"),
  },
  {
    title: "CLUSTER",
    width: 8,
    drop: 2,
    cell: ({ cluster }) => cluster?.name ?? cluster?.id.slice(0, 8) ?? "-",
  },
  {
    title: "KUBERNETES",
    width: 20,
    drop: 3,
    cell: ({ kubernetesVersion }) => kubernetesVersion ?? "-",
  },
  { title: "STATE", width: 20, cell: stateOf },
];

/** `ok, 2 warnings`, `damaged: it is no zip file, or a damaged one`. */
function stateOf({ state, reason, oneMoment, scope, missing, excluded, warnings }: ListedBackup): string {
  // Of an encrypted one the note says what follows.
  if (state !== "ok" && (state !== "encrypted" || missing === null)) return `${state}: ${reason}`;
  const count = warnings?.length ?? 0;
  const partial = scope ? describeScope({ scope }) : undefined;
  const left = excludedObjects({ excluded: excluded ?? {} });
  const notes = [
    state,
    ...(partial === undefined ? [] : [partial]),
    ...(oneMoment === false ? ["not of one moment"] : []),
    ...(missing?.length ? [`without ${missing.map(({ resource }) => resource).join(", ")}`] : []),
    ...(left === 0 ? [] : [`${left} left out by a label`]),
    ...(count === 0 ? [] : [amount(count, "warning")]),
  ];
  return notes.join(", ");
}

/** One line for each gap and warning of a backup, and one for what it does not keep. */
export function describeGaps({ name, missing, warnings, notKept }: ListedBackup): string[] {
  return [
    ...(missing ?? []).map(({ resource, reason }) => `${resource} could not be backed up: ${reason}`),
    ...(warnings ?? []),
    ...describeNotKept(notKept ?? []),
  ].map((line) => `${name}: ${line}`);
}

/** The table of backups, formatted row by row. */
export function listTable({
  gate,
  deleted = false,
  long,
  width,
}: {
  gate: boolean;
  deleted?: boolean;
  long: boolean;
  width: number | undefined;
}): {
  title: string;
  row(backup: ListedBackup): string[];
} {
  const columns = [
    NAME,
    TIME,
    AGE,
    SIZE,
    ...(deleted ? [DELETED] : []),
    ...(gate ? [GATE] : []),
    ...(long ? LONG : []),
  ];
  const table = fixedTable(columns, width);
  return { title: table.title, row: (backup) => table.row(columns.map(({ cell }) => cell(backup))) };
}
