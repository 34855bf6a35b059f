import type { Archive } from "../../archive/reader.ts";
import { selectObjects } from "../../catalog/select-objects.ts";
import { OperatorError, UsageError } from "../../errors.ts";
import { isNamespaces, resourceName } from "../../kubernetes/resource.ts";
import { checkNamespaceMapping } from "../../restore/source/namespace-mapping.ts";
import { resourcesByName } from "../../selection/resources-by-name.ts";
import { compileSelection, EVERYTHING, type NamedObject, type Selection } from "../../selection/selection.ts";
import { didYouMean } from "../../words/did-you-mean.ts";
import type { RestoreRequest } from "./restore-request.ts";

/** What of a backup is restored, and under which names. */
export interface RestoreScope {
  selection: Selection;
  namespaceMapping: ReadonlyMap<string, string>;
  /** The backup's namespaces that are asked for, by their names in the backup. */
  namespaces: ReadonlySet<string>;
  /** Number of objects that are asked for. */
  objects: number;
  /** Whether that is the whole backup, as it was. */
  whole: boolean;
}

/** What of an object is read to see whether it is asked for. */
interface ReadObject {
  metadata: { name: string; namespace?: string };
}

/**
 * Finds what of a backup is asked for.
 *
 * @param home the namespace of the named objects.
 * @throws {UsageError} naming kinds and namespaces that the backup does not hold.
 * @throws {OperatorError} when it holds nothing of what is asked for, or not each object that is named.
 */
export async function readScope(
  archive: Archive,
  { request, home }: { request: RestoreRequest; home: string },
  signal: AbortSignal,
): Promise<RestoreScope> {
  const where = archive.name;
  const all = await readNamespaces(archive, signal);
  refuseUnknown(request.filters.includeNamespaces ?? [], all, where);
  const selection =
    request.objects.length === 0
      ? compileSelection(request.filters, archive.manifest.resources, where)
      : compileNamed(archive, request.objects, home);
  const selected = (name: string) => selection.namespace(name);
  const namespaceMapping = checkNamespaceMapping(request.mapping, { namespaces: all, selected, where });
  if (request.objects.length > 0) {
    const found = await readNamed(archive, selection, signal);
    await refuseMissing(archive, { objects: request.objects, home, found }, signal);
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

/** Names of all namespaces in which the backup holds anything, or which it holds themselves. */
async function readNamespaces(archive: Archive, signal: AbortSignal): Promise<string[]> {
  const names = new Set<string>();
  for (const { namespace } of archive.manifest.files) if (namespace !== undefined) names.add(namespace);
  const resources = archive.manifest.resources.filter(isNamespaces);
  const options = { selection: EVERYTHING, resources, parse };
  for await (const { object } of selectObjects(archive, options, signal)) names.add(object.metadata.name);
  return [...names].sort();
}

/** A name that is no pattern means one namespace: where the backup has none such, it is a slip. */
function refuseUnknown(asked: readonly string[], all: readonly string[], where: string): void {
  const problems = asked
    .filter((name) => /^[-a-z0-9]+$/.test(name) && !all.includes(name))
    .map((name) => `"${name}" is no namespace that ${where} holds${didYouMean(name, all)}`);
  if (problems.length > 0) throw new UsageError(problems, { advice: `It holds ${all.join(", ")}` });
}

/** A selection of objects that are named: those with a namespace in `home`, Namespaces and others anywhere. */
function compileNamed({ name, manifest }: Archive, objects: readonly NamedObject[], home: string): Selection {
  const { resources } = manifest;
  const isOne = ({ kind }: NamedObject) => resourcesByName(resources, kind).some(isNamespaces);
  const namespaces = objects.filter(isOne);
  const others = objects.filter((object) => !isOne(object));
  const inside = compileSelection({ objects: others, includeNamespaces: [home] }, resources, name);
  const themselves = compileSelection({ objects: namespaces }, resources, name);
  return {
    whole: false,
    resource: (resource) => inside.resource(resource) || themselves.resource(resource),
    namespace: (namespace) =>
      (others.length > 0 && namespace === home) || namespaces.some((each) => each.name === namespace),
    object: (resource, object) => inside.object(resource, object) || themselves.object(resource, object),
  };
}

/** Names of the named objects that the backup holds there, as `deployments/web`. */
async function readNamed(archive: Archive, selection: Selection, signal: AbortSignal): Promise<Set<string>> {
  const names = new Set<string>();
  for await (const { resource, object } of selectObjects(archive, { selection, parse }, signal)) {
    names.add(`${resource.resource}/${object.metadata.name}`);
  }
  return names;
}

/** Number of objects that are asked for. The manifest knows it, but for those that must be looked at. */
async function countSelected(
  archive: Archive,
  { selection, byLabels }: { selection: Selection; byLabels: boolean },
  signal: AbortSignal,
): Promise<number> {
  const { resources, files } = archive.manifest;
  const counted = resources.filter(
    (resource) => selection.resource(resource) && (selection.whole || (resource.namespaced && !byLabels)),
  );
  const names = new Set(counted.map(resourceName));
  let objects = 0;
  for (const file of files) {
    if (file.content !== "objects" || !names.has(file.resource ?? "")) continue;
    if (file.namespace === undefined || selection.namespace(file.namespace)) objects += file.objects ?? 0;
  }
  const others = resources.filter((resource) => !counted.includes(resource));
  for await (const _ of selectObjects(archive, { selection, resources: others, parse }, signal)) objects += 1;
  return objects;
}

/** Names each object that the backup does not hold there, and where it holds one. */
async function refuseMissing(
  archive: Archive,
  { objects, home, found }: { objects: readonly NamedObject[]; home: string; found: ReadonlySet<string> },
  signal: AbortSignal,
): Promise<void> {
  const { resources } = archive.manifest;
  const missing = objects.filter(
    ({ kind, name }) =>
      !resourcesByName(resources, kind).some(({ resource }) => found.has(`${resource}/${name}`)),
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
