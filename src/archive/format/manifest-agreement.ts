import { builtInKind, resourceOfBuiltInKind } from "../../kubernetes/built-in-kinds.ts";
import { resourceName } from "../../kubernetes/resource.ts";
import { countsByKind } from "./counts.ts";
import {
  isObjectsPath,
  MANIFEST_PATH,
  MANIFEST_SUM_PATH,
  managersPath,
  ownersPath,
  statusPath,
} from "./layout.ts";
import type { Manifest, ManifestFile, ManifestResource } from "./manifest.ts";

/** A contradiction within a manifest, or with what Kubernetes has; undefined where there is none. */
export function findDisagreement({ files, resources, counts }: Manifest): string | undefined {
  const byName = new Map(resources.map((resource) => [resourceName(resource), resource]));
  if (byName.size !== resources.length) return "names a resource twice";
  for (const resource of resources) {
    const fault = faultOfResource(resource);
    if (fault !== undefined) return fault;
  }
  return faultOfFiles(files, byName) ?? faultOfCounts({ files, resources, counts });
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
  files: readonly ManifestFile[],
  byName: ReadonlyMap<string, ManifestResource>,
): string | undefined {
  const paths = new Map(files.map((file) => [file.path, file]));
  if (paths.size !== files.length) return "names a file twice";
  for (const file of files) {
    const fault = file.content === "text" ? faultOfText(file) : faultOfFile(file, byName, paths);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

function faultOfText({ path }: ManifestFile): string | undefined {
  if (path.startsWith("cluster/") || path.startsWith("namespaces/")) return `calls ${path} a text`;
  return path === MANIFEST_PATH || path === MANIFEST_SUM_PATH ? "lists itself" : undefined;
}

function faultOfFile(
  { path, content, resource: name = "", namespace }: ManifestFile,
  byName: ReadonlyMap<string, ManifestResource>,
  paths: ReadonlyMap<string, ManifestFile>,
): string | undefined {
  const resource = byName.get(name);
  if (resource === undefined) return `has files of ${name}, which it does not know`;
  if (resource.namespaced !== (namespace !== undefined)) return `has a file of ${name} in the wrong scope`;
  if (content === "objects") {
    return isObjectsPath(path, { resource: name, namespace })
      ? undefined
      : `gives a file of ${name} the path of another`;
  }
  const objects = paths.get(path.replace(/\.[a-z]+\.jsonl$/, ".json"));
  const isBeside =
    objects?.content === "objects" &&
    objects.resource === name &&
    objects.namespace === namespace &&
    SIDE_PATHS[content as keyof typeof SIDE_PATHS](objects.path) === path;
  return isBeside ? undefined : `has ${content} of ${name} that belong to no file of objects`;
}

const SIDE_PATHS = { owners: ownersPath, managers: managersPath, status: statusPath };

function faultOfCounts({
  files,
  resources,
  counts,
}: Pick<Manifest, "files" | "resources" | "counts">): string | undefined {
  const inFiles = new Map<string, number>();
  for (const { content, resource = "", objects = 0 } of files) {
    if (content === "objects") inFiles.set(resource, (inFiles.get(resource) ?? 0) + objects);
  }
  for (const resource of resources) {
    const name = resourceName(resource);
    if (resource.objects !== (inFiles.get(name) ?? 0)) return `counts the objects of ${name} in two ways`;
  }
  const byKind = new Map(Object.entries(countsByKind(resources)));
  const stated = new Map(Object.entries(counts));
  for (const kind of new Set([...byKind.keys(), ...stated.keys()])) {
    if ((byKind.get(kind) ?? 0) !== (stated.get(kind) ?? 0))
      return `counts the objects of kind ${kind} in two ways`;
  }
  return undefined;
}
