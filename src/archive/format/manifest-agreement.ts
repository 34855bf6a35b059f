import { builtInKind, resourceOfBuiltInKind } from "../../kubernetes/built-in-kinds.ts";
import { resourceName } from "../../kubernetes/resource.ts";
import type { ArchiveFiles } from "./archive-files.ts";
import { countsByKind } from "./counts.ts";
import type { Manifest, ManifestResource } from "./manifest.ts";

/** A contradiction within a manifest, or with what Kubernetes has; undefined where there is none. */
export function findDisagreement(
  { resources, counts }: Pick<Manifest, "resources" | "counts">,
  files: ArchiveFiles,
): string | undefined {
  const byName = new Map(resources.map((resource) => [resourceName(resource), resource]));
  if (byName.size !== resources.length) return "names a resource twice";
  for (const resource of resources) {
    const fault = faultOfResource(resource);
    if (fault !== undefined) return fault;
  }
  return faultOfFiles(files, byName) ?? faultOfCounts({ resources, counts }, files);
}

/** A built-in resource has its own kind and scope, and a built-in kind its own resource: the kind decides what is a Secret. */
function faultOfResource(resource: ManifestResource): string | undefined {
  const name = resourceName(resource);
  const builtIn = builtInKind(name);
  if (
    builtIn !== undefined &&
    (builtIn.kind !== resource.kind || builtIn.namespaced !== resource.namespaced)
  ) {
    return `gives ${name} another kind or scope than Kubernetes does`;
  }
  const own = resourceOfBuiltInKind(resource);
  return own === undefined || own === name ? undefined : `gives ${name} the kind of ${own}`;
}

function faultOfFiles(
  files: ArchiveFiles,
  byName: ReadonlyMap<string, ManifestResource>,
): string | undefined {
  for (const { resource: name, namespaced } of files.scopes()) {
    const resource = byName.get(name);
    if (resource === undefined) return `has files of ${name}, which it does not know`;
    if (resource.namespaced !== namespaced) return `has a file of ${name} in the wrong scope`;
  }
  const stray = files.findStray();
  return stray && `has ${stray.content} of ${stray.resource} that belong to no file of objects`;
}

function faultOfCounts(
  { resources, counts }: Pick<Manifest, "resources" | "counts">,
  files: ArchiveFiles,
): string | undefined {
  for (const resource of resources) {
    const name = resourceName(resource);
    if (resource.objects !== files.objectsOf(name).objects)
      return `counts the objects of ${name} in two ways`;
  }
  const byKind = new Map(Object.entries(countsByKind(resources)));
  const stated = new Map(Object.entries(counts));
  for (const kind of new Set([...byKind.keys(), ...stated.keys()])) {
    if ((byKind.get(kind) ?? 0) !== (stated.get(kind) ?? 0))
      return `counts the objects of kind ${kind} in two ways`;
  }
  return undefined;
}
