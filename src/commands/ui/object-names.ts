import type { Archive } from "../../archive/reader.ts";
import type { ComparedSide } from "../../compare/compared-side.ts";
import { type Resource, resourceName } from "../../kubernetes/resource.ts";
import type { UiObjectName } from "../../pages/browser/ui/data.ts";

/** The objects of one kind in one namespace. */
export interface ObjectGroup {
  resource: string;
  kind: string;
  namespace: string | null;
  objects: number;
}

/** The names of all objects of a moment. */
export interface ObjectNames {
  groups(): Promise<readonly ObjectGroup[]>;
  /** The names of a group, in order. */
  of(group: ObjectGroup): Promise<readonly string[]>;
}

/** The names in an archive: its manifest has the groups, and the names of each are read when they are asked for. */
export function namesOfArchive(archive: Archive, signal: AbortSignal): ObjectNames {
  const kinds = new Map(archive.manifest.resources.map((each) => [resourceName(each), each.kind]));
  const read = new Map<ObjectGroup, Promise<string[]>>();
  let groups: ObjectGroup[] | undefined;
  const files = new Map<ObjectGroup, string>();
  return {
    groups: async () => {
      if (groups !== undefined) return groups;
      groups = [];
      for (const { content, resource, namespace, objects = 0, path } of archive.files) {
        if (content !== "objects" || resource === undefined) continue;
        const kind = kinds.get(resource) ?? resource;
        const group = { resource, kind, namespace: namespace ?? null, objects };
        groups.push(group);
        files.set(group, path);
      }
      return groups;
    },
    of: (group) => {
      let names = read.get(group);
      if (names === undefined) {
        names = readNames(archive, files.get(group) ?? "", signal);
        names.catch(() => read.delete(group));
        read.set(group, names);
      }
      return names;
    },
  };
}

async function readNames(archive: Archive, path: string, signal: AbortSignal): Promise<string[]> {
  const file = archive.files.find(path);
  const names: string[] = [];
  if (file === undefined) return names;
  for await (const text of archive.objects(file, signal)) names.push(nameIn(text));
  return names;
}

/** The name in an object's JSON. */
function nameIn(text: string): string {
  return String((JSON.parse(text) as { metadata: { name: unknown } }).metadata.name);
}

/** The names in a side of which nothing is known before it is read, as of a cluster. */
export function namesOfSide(
  side: ComparedSide,
  resources: readonly Resource[],
  signal: AbortSignal,
): ObjectNames {
  let all: Promise<Map<ObjectGroup, string[]>> | undefined;
  const readAll = () => {
    all ??= readGroups(side, resources, signal);
    return all;
  };
  return {
    groups: async () => [...(await readAll()).keys()],
    of: async (group) => (await readAll()).get(group) ?? [],
  };
}

async function readGroups(
  side: ComparedSide,
  resources: readonly Resource[],
  signal: AbortSignal,
): Promise<Map<ObjectGroup, string[]>> {
  const groups = new Map<ObjectGroup, string[]>();
  for (const resource of resources) {
    const byNamespace = new Map<string | undefined, string[]>();
    for await (const object of side.objects(resource, () => true, signal)) {
      if ("excluded" in object) continue;
      const names = byNamespace.get(object.namespace);
      if (names === undefined) byNamespace.set(object.namespace, [object.name]);
      else names.push(object.name);
    }
    for (const [namespace, names] of byNamespace) {
      const group = { resource: resourceName(resource), kind: resource.kind, namespace: namespace ?? null };
      groups.set({ ...group, objects: names.length }, names);
    }
  }
  return groups;
}

/** Objects that a search has found. */
export interface FoundNames {
  /** The first ones. */
  objects: UiObjectName[];
  total: number;
}

/** Which part of the found objects is wanted. */
export interface Slice {
  offset: number;
  limit: number;
}

/**
 * The objects in whose kind, namespace or name every word is, in the order of the groups. Names are read only of groups that
 * are not left out by their kind and namespace.
 */
export async function searchNames(
  names: ObjectNames,
  { words, wanted = () => true }: { words: readonly string[]; wanted?: (group: ObjectGroup) => boolean },
  { offset, limit }: Slice,
): Promise<FoundNames> {
  const lower = words.map((word) => word.toLowerCase());
  const objects: UiObjectName[] = [];
  let total = 0;
  for (const group of await names.groups()) {
    if (!wanted(group)) continue;
    const { resource, kind, namespace } = group;
    const title = `${resource} ${kind} ${namespace ?? ""}/`.toLowerCase();
    const open = lower.filter((word) => !title.includes(word));
    const isWhole = open.length === 0;
    // Nothing of it is shown: how many there are is known.
    if (isWhole && (total >= offset + limit || total + group.objects <= offset)) {
      total += group.objects;
      continue;
    }
    for (const name of await names.of(group)) {
      const text = isWhole ? "" : `${title}${name.toLowerCase()}`;
      if (!open.every((word) => text.includes(word))) continue;
      if (total >= offset && objects.length < limit) objects.push({ resource, kind, namespace, name });
      total += 1;
    }
  }
  return { objects, total };
}
