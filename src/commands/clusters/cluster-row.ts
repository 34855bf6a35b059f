/** How `kube-backup clusters` shows one store. docs/commands/clusters.md documents the JSON. */

import { describeStale, type Freshness } from "../../catalog/freshness.ts";
import type { PlaceLook } from "../../catalog/look-at-places.ts";
import { formatBytes } from "../../terminal/bytes.ts";
import { formatAge } from "../../terminal/duration.ts";
import { rfc3339 } from "../../time/rfc3339.ts";
import { type LongFields, longFields } from "../list/long-fields.ts";

/** One store, by its newest backup. */
export interface ClusterRow {
  /** The store's URL. */
  store: string;
  /** The cluster that made the newest backup; null where nothing tells. */
  cluster: LongFields["cluster"];
  /** The newest backup; null where there is none that counts. */
  backup: string | null;
  /** RFC 3339, UTC, without fractions. */
  time: string | null;
  ageSeconds: number | null;
  sizeBytes: number | null;
  objects: number | null;
  /** As in `list --long`. `none`: no backup is left, or none ever came. `unreadable`: the store cannot be read. */
  state: LongFields["state"] | "none" | "unreadable";
  /** Why the backup, or the store, cannot be read; null where it can. */
  reason: string | null;
  /** Why nobody should rely on these backups; null where nothing speaks against it. */
  stale: string | null;
}

/** Assembles the JSON of a store. */
export function clusterRow(
  { store, newest, interval, problem }: PlaceLook,
  { now, maxRestoreAge }: { now: Date } & Pick<Freshness, "maxRestoreAge">,
): ClusterRow {
  const none = { cluster: null, backup: null, time: null, ageSeconds: null, sizeBytes: null, objects: null };
  if (problem !== undefined)
    return { store, ...none, state: "unreadable", reason: problem, stale: "it cannot be read" };
  if (newest === undefined) {
    return { store, ...none, state: "none", reason: null, stale: "it holds no backup that counts" };
  }
  const { backup } = newest;
  const { state, reason, cluster, objects } = longFields(newest);
  const age = now.getTime() - backup.time.getTime();
  const old = describeStale({ name: backup.name, age }, { maxRestoreAge, interval });
  const damaged = ["damaged", "newer format"].includes(state) ? `${backup.name} cannot be read` : undefined;
  return {
    store,
    cluster,
    backup: backup.name,
    time: rfc3339(backup.time),
    ageSeconds: Math.floor(age / 1000),
    sizeBytes: backup.size,
    objects,
    state,
    reason,
    stale: damaged ?? old ?? null,
  };
}

/** The columns of the table, the last of which may be long. */
export const CLUSTER_COLUMNS = [
  { title: "STORE" },
  { title: "CLUSTER" },
  { title: "NEWEST (UTC)" },
  { title: "AGE" },
  { title: "OBJECTS", align: "right" },
  { title: "SIZE", align: "right" },
  { title: "STATE", minWidth: 24 },
] as const;

/** The cells of a row. */
export function clusterCells({ cluster, ...row }: ClusterRow): string[] {
  const { store, time, ageSeconds, objects, sizeBytes } = row;
  return [
    store,
    cluster?.name ?? cluster?.id.slice(0, 8) ?? "-",
    time?.slice(0, 19).replace("T", " ") ?? "-",
    ageSeconds === null ? "-" : formatAge(ageSeconds * 1000),
    String(objects ?? "-"),
    sizeBytes === null ? "-" : formatBytes(sizeBytes),
    describeState(row),
  ];
}

/** `ok`, `stale`, `damaged: it is no zip file, or a damaged one`. */
function describeState({ state, reason, stale }: Omit<ClusterRow, "cluster">): string {
  if (state === "none") return "no backups";
  if (reason !== null && state !== "encrypted") return `${state}: ${reason}`;
  return stale === null ? state : `stale (${state})`;
}

/** A sentence without its full stop that says which stores nobody should rely on; undefined where there is none. */
export function describeStaleClusters(rows: readonly ClusterRow[]): string | undefined {
  const stale = rows.filter((row) => row.stale !== null);
  const [first] = stale;
  if (first === undefined) return undefined;
  const more = stale.length === 1 ? "" : `, and ${stale.length - 1} more`;
  return `${first.store}: ${first.stale}${more}`;
}
