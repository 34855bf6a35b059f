import type { ObjectFiles } from "../archive/format/object-files.ts";
import type { Archive } from "../archive/reader.ts";
import { NAMESPACES, resourceName } from "../kubernetes/resource.ts";
import { stagesOf } from "../restore/rounds/order.ts";
import type { LabelSet } from "./scratch-label.ts";

/** Scratch namespaces that exist at a time: the cluster's controllers act on each of them. */
const MAX_SCRATCH_NAMESPACES = 16;

/** The files of objects of a round, by resource. */
export type Round = readonly ObjectFiles[];

/**
 * Groups an archive's files of objects, except for namespaces, into rounds. Each round is in the order of
 * a restore. The first round needs no scratch namespace, every other round at most `maxScratchNamespaces`.
 *
 * @param scratchLabels returns the labels of the scratch namespace that stands in for a namespace, or
 * undefined for a namespace that exists.
 */
export function roundsOf(
  {
    manifest: { resources },
    files,
  }: Pick<Archive, "files"> & { manifest: Pick<Archive["manifest"], "resources"> },
  scratchLabels: (namespace: string) => LabelSet | undefined,
  maxScratchNamespaces: number = MAX_SCRATCH_NAMESPACES,
): Round[] {
  const names = resources.map(resourceName).filter((name) => name !== resourceName(NAMESPACES));
  const rounds: ObjectFiles[][] = [[]];
  const roundByLabels = new Map<LabelSet, number>();
  const roundOf = (namespace: string | undefined) => {
    const labels = namespace === undefined ? undefined : scratchLabels(namespace);
    if (labels === undefined) return 0;
    const round = roundByLabels.get(labels) ?? 1 + Math.floor(roundByLabels.size / maxScratchNamespaces);
    roundByLabels.set(labels, round);
    return round;
  };
  for (const name of stagesOf(names).flat()) {
    for (const [round, ofRound] of files.objectsOf(name).groupedBy(roundOf)) {
      rounds[round] ??= [];
      rounds[round].push(ofRound);
    }
  }
  return rounds.filter((round) => round.length > 0);
}
