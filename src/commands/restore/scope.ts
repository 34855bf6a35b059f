import type { Archive } from "../../archive/reader.ts";
import { selectObjects } from "../../catalog/select-objects.ts";
import { OperatorError, UsageError } from "../../errors.ts";
import { isNamespaces, resourceName } from "../../kubernetes/resource.ts";
import { checkNamespaceMapping } from "../../restore/source/namespace-mapping.ts";
import { describeAmbiguousNames, resourcesByName } from "../../selection/resources-by-name.ts";
import { compileSelection, EVERYTHING, type NamedObject, type Selection } from "../../selection/selection.ts";
import { compileWords } from "../../selection/words-selection.ts";
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
 * @param homes names and patterns of the namespaces of what is named; undefined for all.
 * @throws {UsageError} naming kinds and namespaces that the backup does not contain.
 * @throws {OperatorError} when the backup contains no selected object, or lacks a named object.
 */
export async function resolveScope(
  archive: Archive,
  { request, homes }: { request: RestoreRequest; homes: readonly string[] | undefined },
  signal: AbortSignal,
): Promise<RestoreScope> {
  const where = archive.name;
  const all = await readNamespaces(archive, signal);
  const { kinds, objects: named, namespaces } = request;
  const asked = kinds.length > 0 && typeof namespaces === "object" ? namespaces : [];
  rejectUnknownNames([...(request.filters.includeNamespaces ?? []), ...asked], all, where);
  const { selector } = request.filters;
  const selection =
    kinds.length === 0
      ? compileSelection(request.filters, archive.manifest.resources, where)
      : compileWords(
          { kinds, objects: named, namespaces: homes, selector },
          archive.manifest.resources,
          where,
        );
  const selected = (name: string) => selection.namespace(name);
  const namespaceMapping = checkNamespaceMapping(request.mapping, { namespaces: all, selected, where });
  if (named !== undefined) {
    const found = await readNamed(archive, selection, signal);
    await rejectMissing(archive, { objects: named, homes, found }, signal);
  }
  const byLabels = selector !== undefined || kinds.length > 0;
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
export function describeRequestedNames(archive: Archive, { filters, kinds }: RestoreRequest): string[] {
  const { includeKinds = [], excludeKinds = [] } = filters;
  const words = [...includeKinds, ...excludeKinds, ...kinds];
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

/** The named objects that the selection finds, as `deployments.apps/web`. */
async function readNamed(archive: Archive, selection: Selection, signal: AbortSignal): Promise<Set<string>> {
  const names = new Set<string>();
  for await (const { resource, object } of selectObjects(archive, { selection, parse }, signal)) {
    names.add(`${resourceName(resource)}/${object.metadata.name}`);
  }
  return names;
}

/** Counts the selected objects. The manifest has the counts, except for selections that depend on the objects. */
export async function countSelected(
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
  {
    objects,
    homes = [],
    found,
  }: { objects: readonly NamedObject[]; homes?: readonly string[] | undefined; found: ReadonlySet<string> },
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
    `Cannot restore ${names}: ${archive.name} holds none such in the namespace ${homes.join(", ")}`,
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
