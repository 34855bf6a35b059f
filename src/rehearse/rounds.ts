import type { Manifest, ManifestFile } from "../archive/format/manifest.ts";
import { NAMESPACES, resourceName } from "../kubernetes/resource.ts";
import { stagesOf } from "../restore/rounds/order.ts";
import type { LabelSet } from "./scratch-label.ts";

/** Scratch namespaces that are there at a time: each keeps the cluster's controllers busy for a moment. */
const SCRATCH_AT_ONCE = 16;

/**
 * Puts an archive's files of objects, namespaces aside, into rounds, each in the order of a restore.
 * The first round needs no scratch namespace, each other one only a few.
 *
 * @param scratchFor the labels of the scratch namespace that stands in for a namespace, or undefined
 * for one that needs none.
 */
export function roundsOf(
  { resources, files }: Pick<Manifest, "resources" | "files">,
  scratchFor: (namespace: string) => LabelSet | undefined,
  atOnce: number = SCRATCH_AT_ONCE,
): ManifestFile[][] {
  const names = resources.map(resourceName).filter((name) => name !== resourceName(NAMESPACES));
  const filesByName = Map.groupBy(
    files.filter(({ content }) => content === "objects"),
    ({ resource }) => resource,
  );
  const rounds: ManifestFile[][] = [[]];
  const roundByLabels = new Map<LabelSet, number>();
  for (const name of stagesOf(names).flat()) {
    for (const file of filesByName.get(name) ?? []) {
      const labels = file.namespace === undefined ? undefined : scratchFor(file.namespace);
      let round = 0;
      if (labels !== undefined) {
        round = roundByLabels.get(labels) ?? 1 + Math.floor(roundByLabels.size / atOnce);
        roundByLabels.set(labels, round);
      }
      const files = rounds[round] ?? [];
      files.push(file);
      rounds[round] = files;
    }
  }
  return rounds.filter((files) => files.length > 0);
}
