/** How `kube-backup list` shows a backup. docs/commands/list.md documents the JSON. */

import type { Look } from "../../catalog/look-at-backups.ts";
import type { GateDecision } from "../../restore-gate/decide.ts";
import type { StoredBackup } from "../../store/contract/store.ts";
import { formatBytes } from "../../terminal/bytes.ts";
import { formatAge } from "../../terminal/duration.ts";
import { type FixedColumn, fixedTable } from "../../terminal/fixed-table.ts";
import { rfc3339 } from "../../time/rfc3339.ts";
import { describeState, type LongFields, longFields } from "./long-fields.ts";

/** A backup in JSON. The fields of `LongFields` are present with `--long` only. */
export interface ListedBackup extends Partial<LongFields> {
  name: string;
  /** RFC 3339, UTC, without fractions. */
  time: string;
  ageSeconds: number;
  sizeBytes: number;
  /** When it was removed, with --deleted. */
  deleted?: string;
  /** With --long or --tag: its tags, in their order; null where it cannot be read. */
  tags?: readonly string[] | null;
  /** What the gate would decide in a cluster without the flag, were this the newest. Present when MAXRESTOREAGE is set. */
  gate?: GateDecision;
}

/** What is known of a backup. */
export interface BackupFacts {
  backup: StoredBackup;
  asOf: Date;
  gate?: GateDecision | undefined;
  /** With --long or --tag. */
  tags?: readonly string[] | null | undefined;
  /** With --long. */
  look?: Look | undefined;
}

/** Assembles the JSON of a backup. */
export function listedBackup({ backup, asOf, gate, tags, look }: BackupFacts): ListedBackup {
  const long = look && longFields(look);
  return {
    name: backup.name,
    time: rfc3339(backup.time),
    ageSeconds: Math.floor((asOf.getTime() - backup.time.getTime()) / 1000),
    sizeBytes: backup.size,
    ...(backup.deleted === undefined ? {} : { deleted: rfc3339(backup.deleted) }),
    // What cannot be read is no backup to the gate.
    ...(gate === undefined || long?.state === "damaged" || long?.used === false ? {} : { gate }),
    ...(tags === undefined ? {} : { tags }),
    ...long,
  };
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
const TAGS_WIDTH = 16;
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
];
const STATE: ListColumn = { title: "STATE", width: 20, cell: describeState };

/** With a column behind it, what is too long for a terminal is cut; a pipe gets all. */
function tagsColumn(width: number | undefined, { last }: { last: boolean }): ListColumn {
  const cell = ({ tags }: ListedBackup): string => {
    const text = tags?.length ? tags.join(",") : "-";
    return last || width === undefined || text.length <= TAGS_WIDTH
      ? text
      : `${text.slice(0, TAGS_WIDTH - 1)}…`;
  };
  return { title: "TAGS", width: TAGS_WIDTH, ...(last ? {} : { drop: 5 }), cell };
}

/** The table of backups, formatted row by row. */
export function listTable({
  gate,
  deleted = false,
  long,
  tags = false,
  width,
}: {
  gate: boolean;
  deleted?: boolean;
  long: boolean;
  tags?: boolean;
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
    ...(long
      ? [...LONG, tagsColumn(width, { last: false }), STATE]
      : tags
        ? [tagsColumn(width, { last: true })]
        : []),
  ];
  const table = fixedTable(columns, width);
  return { title: table.title, row: (backup) => table.row(columns.map(({ cell }) => cell(backup))) };
}
