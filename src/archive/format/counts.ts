import { kindTitles } from "../../kubernetes/kind-titles.ts";
import { resourceName } from "../../kubernetes/resource.ts";
import type { Manifest, ManifestResource } from "./manifest.ts";

/** The number of objects by the title of the kind, without kinds that have no object. */
export function countsByKind(
  resources: readonly Pick<ManifestResource, "group" | "resource" | "kind" | "objects">[],
): Record<string, number> {
  const titles = kindTitles(resources);
  const counts = new Map<string, number>();
  for (const resource of resources) {
    if (resource.objects === 0) continue;
    const title = titles.get(resourceName(resource)) ?? resource.kind;
    counts.set(title, (counts.get(title) ?? 0) + resource.objects);
  }
  return Object.fromEntries(counts);
}

/** The number of all objects. */
export function totalObjects({ counts }: Pick<Manifest, "counts">): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}

/** The number of objects that a label left out. */
export function excludedObjects({ excluded }: Pick<Manifest, "excluded">): number {
  return Object.values(excluded).reduce((sum, count) => sum + count, 0);
}
