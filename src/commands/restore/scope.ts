import type { Archive } from "../../archive/reader.ts";
import { selectObjects } from "../../catalog/select-objects.ts";
import { OperatorError, UsageError } from "../../errors.ts";
import { isNamespaces, resourceName } from "../../kubernetes/resource.ts";
import { checkNamespaceMapping } from "../../restore/source/namespace-mapping.ts";
import { describeAmbiguousNames, resourcesByName } from "../../selection/resources-by-name.ts";
import { compileSelection, EVERYTHING, type NamedObject, type Selection } from "../../selection/selection.ts";
import { didYouMean } from "../../words/did-you-mean.ts";
import type { RestoreRequest } from "./restore-request.ts";

/** The part of a backup to restore, and the namespace mapping. */
export interface RestoreScope {
  selection: Selection;
  namespaceMapping: ReadonlyMap<string, string>;
  /** The selected namespaces, by their names in the backup. */
  namespaces: ReadonlySet<string>;
  objects: number;
  /** Whether the scope is the whole backup, without a mapping. */
  whole: boolean;
}

/** The fields of an object that decide whether the object is selected. */
interface ReadObject {
  metadata: { name: string; namespace?: string };
}

/**
 * Resolves a request against a backup.
 *
 * @param home the namespace of the named objects.
 * @throws {UsageError} naming kinds and namespaces that the backup does not contain.
 * @throws {OperatorError} when the backup contains no selected object, or lacks a named object.
 */
export async function resolveScope(
  archive: Archive,
  { request, home }: { request: RestoreRequest; home: string },
  signal: AbortSignal,
): Promise<RestoreScope> {
  const where = archive.name;
  const all = await readNamespaces(archive, signal);
  rejectUnknownNames(request.filters.includeNamespaces ?? [], all, where);
  const selection =
    request.objects.length === 0
      ? compileSelection(request.filters, archive.manifest.resources, where)
      : compileNamed(archive, request.objects, home);
  const selected = (name: string) => selection.namespace(name);
  const namespaceMapping = checkNamespaceMapping(request.mapping, { namespaces: all, selected, where });
  if (request.objects.length > 0) {
    const found = await readNamed(archive, selection, signal);
    await rejectMissing(archive, { objects: request.objects, home, found }, signal);
  }
  const byLabels = request.filters.selector !== undefined || request.objects.length > 0;
  const objects = await countSelected(archive, { selection, byLabels }, signal);
  if (objects === 0) {
    throw new OperatorError(`Cannot restore: ${where} holds nothing of what is asked for`, {
      advice: `Check kinds, namespaces and selector. Its namespaces are ${all.join(", ")}`,
    });
  }
  return {
    selection,
    namespaceMapping,
    namespaces: new Set(all.filter(selected)),
    objects,
    whole: selection.whole && namespaceMapping.size === 0,
  };
}

/** What the names of kinds in a request mean, where several API groups have them. One sentence for each name. */
export function describeRequestedNames(archive: Archive, { filters, objects }: RestoreRequest): string[] {
  const { includeKinds = [], excludeKinds = [] } = filters;
  const words = [...includeKinds, ...excludeKinds, ...objects.map(({ kind }) => kind)];
  return describeAmbiguousNames(archive.manifest.resources, words);
}

/** Names of all namespaces that the backup contains, or contains objects of. */
async function readNamespaces(archive: Archive, signal: AbortSignal): Promise<string[]> {
  const names = archive.files.namespaces();
  const resources = archive.manifest.resources.filter(isNamespaces);
  const options = { selection: EVERYTHING, resources, parse };
  for await (const { object } of selectObjects(archive, options, signal)) names.add(object.metadata.name);
  return [...names].sort();
}

/** Rejects a literal namespace that the backup does not have, which is a typo. */
function rejectUnknownNames(asked: readonly string[], all: readonly string[], where: string): void {
  const problems = asked
    .filter((name) => /^[-a-z0-9]+$/.test(name) && !all.includes(name))
    .map((name) => `"${name}" is no namespace that ${where} holds${didYouMean(name, all)}`);
  if (problems.length > 0) throw new UsageError(problems, { advice: `It holds ${all.join(", ")}` });
}

/** Compiles a selection of named objects. Namespaced objects must be in `home`. */
function compileNamed({ name, manifest }: Archive, objects: readonly NamedObject[], home: string): Selection {
  const { resources } = manifest;
  const isNamespace = ({ kind }: NamedObject) => resourcesByName(resources, kind).some(isNamespaces);
  const namespaces = objects.filter(isNamespace);
  const others = objects.filter((object) => !isNamespace(object));
  const inHome = compileSelection({ objects: others, includeNamespaces: [home] }, resources, name);
  const namespaceSelection = compileSelection({ objects: namespaces }, resources, name);
  return {
    whole: false,
    resource: (resource) => inHome.resource(resource) || namespaceSelection.resource(resource),
    namespace: (namespace) =>
      (others.length > 0 && namespace === home) || namespaces.some((each) => each.name === namespace),
    object: (resource, object) =>
      inHome.object(resource, object) || namespaceSelection.object(resource, object),
  };
}

/** The named objects that the selection finds, as `deployments.apps/web`. */
async function readNamed(archive: Archive, selection: Selection, signal: AbortSignal): Promise<Set<string>> {
  const names = new Set<string>();
  for await (const { resource, object } of selectObjects(archive, { selection, parse }, signal)) {
    names.add(`${resourceName(resource)}/${object.metadata.name}`);
  }
  return names;
}

/** Counts the selected objects. The manifest has the counts, except for selections that depend on the objects. */
async function countSelected(
  archive: Archive,
  { selection, byLabels }: { selection: Selection; byLabels: boolean },
  signal: AbortSignal,
): Promise<number> {
  const { resources } = archive.manifest;
  const counted = resources.filter(
    (resource) => selection.resource(resource) && (selection.whole || (resource.namespaced && !byLabels)),
  );
  let objects = 0;
  for (const resource of counted) {
    const files = archive.files.objectsOf(resourceName(resource));
    objects += files.where((name) => name === undefined || selection.namespace(name)).objects;
  }
  const others = resources.filter((resource) => !counted.includes(resource));
  for await (const _ of selectObjects(archive, { selection, resources: others, parse }, signal)) objects += 1;
  return objects;
}

/** Rejects named objects that the backup lacks, and says in which namespaces such objects are. */
async function rejectMissing(
  archive: Archive,
  { objects, home, found }: { objects: readonly NamedObject[]; home: string; found: ReadonlySet<string> },
  signal: AbortSignal,
): Promise<void> {
  const { resources } = archive.manifest;
  const missing = objects.filter(
    ({ kind, name }) =>
      !resourcesByName(resources, kind).some((each) => found.has(`${resourceName(each)}/${name}`)),
  );
  if (missing.length === 0) return;
  const elsewhere = new Set<string>();
  const selection = compileSelection({ objects: missing }, resources, archive.name);
  for await (const { object } of selectObjects(archive, { selection, parse }, signal)) {
    if (object.metadata.namespace !== undefined) elsewhere.add(object.metadata.namespace);
  }
  const names = missing.map(({ kind, name }) => `${kind}/${name}`).join(", ");
  throw new OperatorError(
    `Cannot restore ${names}: ${archive.name} holds none such in the namespace ${home}`,
    {
      advice:
        elsewhere.size === 0
          ? "No namespace of it holds one: look into another backup"
          : `Say where it is with --namespace: ${[...elsewhere].sort().join(", ")}`,
    },
  );
}

function parse(text: string): ReadObject {
  return JSON.parse(text) as ReadObject;
}
