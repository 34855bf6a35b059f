/**
 * Which backups of a store belong together, without I/O. A new cluster that was restored from the backup of one that is
 * gone goes on in its prefix: both are one lineage. Two clusters that both go on writing are two.
 */

import type { ManifestParent } from "../archive/format/manifest.ts";

/** What the lineages depend on: who made a backup, when, and from what its cluster was restored. */
export interface LineageBackup {
  /** The uid of the cluster that made it. */
  cluster: string;
  time: Date;
  parent?: ManifestParent | undefined;
}

/** Clusters by the lineage that they belong to. */
export class Lineages {
  /** Cluster to the name of its lineage, which is the uid of one of its clusters. */
  readonly #lineageOf: ReadonlyMap<string, string>;

  constructor(lineageOf: ReadonlyMap<string, string>) {
    this.#lineageOf = lineageOf;
  }

  /** The lineage of a cluster, as a key. */
  of(cluster: string): string {
    return this.#lineageOf.get(cluster) ?? cluster;
  }

  areOne(one: string, other: string): boolean {
    return this.of(one) === this.of(other);
  }
}

interface Restore {
  child: string;
  parent: string;
  restored: number;
}

/**
 * Finds the lineages of backups. A cluster that was restored from another one's backup joins that one's lineage, unless
 * the lineage has a backup of after the restore: then the other one goes on, and so does whoever took its place before.
 *
 * @param backups in any order.
 */
export function findLineages(backups: Iterable<LineageBackup>): Lineages {
  const latest = new Map<string, number>();
  const restores = new Map<string, Restore>();
  for (const { cluster, time, parent } of backups) {
    latest.set(cluster, Math.max(latest.get(cluster) ?? Number.NEGATIVE_INFINITY, time.getTime()));
    if (parent === undefined || parent.cluster === cluster) continue;
    const restored = Date.parse(parent.restored);
    restores.set(`${cluster} ${parent.cluster} ${restored}`, {
      child: cluster,
      parent: parent.cluster,
      restored,
    });
  }
  const lineageOf = new Map<string, string>();
  const of = (cluster: string) => lineageOf.get(cluster) ?? cluster;
  const clusters = [...latest.keys()];
  // The earliest restore first: whoever took a place first has it.
  for (const { child, parent, restored } of [...restores.values()].sort((a, b) => a.restored - b.restored)) {
    const [ofChild, ofParent] = [of(child), of(parent)];
    if (ofChild === ofParent) continue;
    const goesOn = clusters.some(
      (cluster) => of(cluster) === ofParent && (latest.get(cluster) ?? 0) > restored,
    );
    if (goesOn) continue;
    for (const cluster of [...clusters, child, parent]) {
      if (of(cluster) === ofChild) lineageOf.set(cluster, ofParent);
    }
  }
  return new Lineages(lineageOf);
}
