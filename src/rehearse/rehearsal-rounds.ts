import type { Manifest, ManifestFile } from "../archive/format/manifest.ts";
import { NAMESPACES, resourceName } from "../kubernetes/resource.ts";
import { stagesOf } from "../restore/rounds/order.ts";
import type { LabelSet } from "./scratch-label.ts";

/** Scratch namespaces that exist at a time: the cluster's controllers act on each of them. */
const MAX_SCRATCH_NAMESPACES = 16;

/**
 * Groups an archive's files of objects, except for namespaces, into rounds. Each round is in the order of
 * a restore. The first round needs no scratch namespace, every other round at most `maxScratchNamespaces`.
 *
 * @param scratchLabels returns the labels of the scratch namespace that stands in for a namespace, or
 * undefined for a namespace that exists.
 */
export function roundsOf(
  { resources, files }: Pick<Manifest, "resources" | "files">,
  scratchLabels: (namespace: string) => LabelSet | undefined,
  maxScratchNamespaces: number = MAX_SCRATCH_NAMESPACES,
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
      const labels = file.namespace === undefined ? undefined : scratchLabels(file.namespace);
      let round = 0;
      if (labels !== undefined) {
        round = roundByLabels.get(labels) ?? 1 + Math.floor(roundByLabels.size / maxScratchNamespaces);
        roundByLabels.set(labels, round);
      }
      const files = rounds[round] ?? [];
      files.push(file);
      rounds[round] = files;
    }
  }
  return rounds.filter((files) => files.length > 0);
}
