/** Which clusters have written into a store, without I/O. */

import type { Manifest } from "../archive/format/manifest.ts";
import { type ClusterIdentity, fullClusterTitle } from "../words/cluster-title.ts";
import { findLineages, type LineageBackup } from "./lineages.ts";

/** What is known of a backup that was looked into. The time is that of its name, which alone decides its age. */
export interface MadeBackup {
  name: string;
  time: Date;
  cluster: ClusterIdentity;
  parent?: Manifest["parent"] | undefined;
}

/** The clusters of one lineage: one that goes on, and those whose place it took. */
export interface Maker {
  /** The cluster that made the newest backup. */
  cluster: ClusterIdentity;
  newest: Pick<MadeBackup, "name" | "time">;
  /** The uids of all. */
  ids: ReadonlySet<string>;
  /** The names of all. */
  names: ReadonlySet<string>;
}

/** Assembles what a manifest says of who made a backup. */
export function madeBackup(
  { name, time }: { name: string; time: Date },
  { cluster, parent }: Pick<Manifest, "cluster" | "parent">,
): MadeBackup {
  return { name, time, cluster: { id: cluster.id, name: cluster.name }, parent };
}

/** The facts that lineages depend on. */
function lineageBackup({ cluster, time, parent }: MadeBackup): LineageBackup {
  return { cluster: cluster.id, time, parent };
}

/** The makers of backups, one for each lineage; that of the newest backup first. */
export function findMakers(backups: readonly MadeBackup[]): Maker[] {
  const lineages = findLineages(backups.map(lineageBackup));
  const newestFirst = backups.toSorted((a, b) => b.time.getTime() - a.time.getTime());
  const groups = Map.groupBy(newestFirst, ({ cluster }) => lineages.of(cluster.id));
  return [...groups.values()].flatMap(([newest, ...older]) => {
    if (newest === undefined) return [];
    const clusters = [newest, ...older].map(({ cluster }) => cluster);
    return [
      {
        cluster: newest.cluster,
        newest: { name: newest.name, time: newest.time },
        ids: new Set(clusters.map(({ id }) => id)),
        names: new Set(clusters.flatMap(({ name }) => name ?? [])),
      },
    ];
  });
}

/**
 * The backups that are of the lineage of a cluster.
 *
 * @param own a backup that this cluster would take now.
 */
export function ofLineage(made: readonly MadeBackup[], own: MadeBackup): MadeBackup[] {
  const lineages = findLineages([...made, own].map(lineageBackup));
  return made.filter(({ cluster }) => lineages.areOne(cluster.id, own.cluster.id));
}

/** Whether somebody means a maker: by the uid or the name of one of its clusters. */
export function isMeant({ ids, names }: Pick<Maker, "ids" | "names">, cluster: string): boolean {
  return ids.has(cluster) || names.has(cluster);
}

/** `blue (0e7c…) and green (91ab…)`. */
export function describeMakers(makers: readonly Pick<Maker, "cluster">[]): string {
  return makers.map(({ cluster }) => fullClusterTitle(cluster)).join(" and ");
}

/**
 * The makers that are not of the lineage of a cluster; none where nobody else has written.
 *
 * @param own the backup that this cluster has taken, or is to take.
 */
export function findStrangers(made: readonly MadeBackup[], own: MadeBackup): Maker[] {
  return findMakers([...made, own]).filter(({ ids }) => !ids.has(own.cluster.id));
}
