import type { ManifestFile } from "../archive/format/manifest.ts";
import { describeScope } from "../archive/format/scope.ts";
import type { Archive } from "../archive/reader.ts";
import { sortByNamespace } from "../kubernetes/object-order.ts";
import type { Owner } from "../kubernetes/owners.ts";
import { type GroupResource, NAMESPACES, resourceName } from "../kubernetes/resource.ts";
import { compileNamespaces } from "../selection/namespaces.ts";
import type { ComparedObject, ComparedSide } from "./compared-side.ts";

/** A backup as one side of a comparison. Each file is verified while it is read. */
export async function readBackupSide(
  { name, archive }: { name: string; archive: Archive },
  signal: AbortSignal,
): Promise<ComparedSide> {
  const { time, resources, files, missing, excluded, keepFinished } = archive.manifest;
  const partial = describeScope(archive.manifest);
  const namespaces = new Set(files.flatMap(({ namespace }) => namespace ?? []));
  for (const file of filesOf(archive, NAMESPACES)) {
    for await (const text of archive.objects(file, signal)) namespaces.add(keyOf(text).name);
  }
  return {
    side: { kind: "backup", name, time },
    resources,
    namespaces,
    keepFinished: new Set(keepFinished),
    covers: compileNamespaces(archive.manifest.scope ?? {}),
    missing: missing.map(({ resource, reason }) => ({
      resource,
      reason: `${name} does not hold all of them (${reason})`,
    })),
    // The warnings of a backup matter to a restore. Only these matter to a comparison.
    notes: [
      ...resources
        .filter(({ sameMoment }) => !sameMoment)
        .map((each) => `${name} holds ${resourceName(each)} of another moment than the rest`),
      ...describeExcluded(name, excluded),
      ...(partial === undefined ? [] : [`${name} is ${partial}: no other namespace is compared`]),
    ],
    find: (resource) => resources.find((each) => resourceName(each) === resourceName(resource)),
    objects: (resource, wanted, signal) => readObjects(archive, filesOf(archive, resource, wanted), signal),
  };
}

function describeExcluded(name: string, excluded: Readonly<Record<string, number>>): string[] {
  const counts = Object.entries(excluded).map(([resource, count]) => `${resource} ${count}`);
  return counts.length === 0
    ? []
    : [`${name} was taken without what a label leaves out: ${counts.join(", ")}`];
}

async function* readObjects(
  archive: Archive,
  files: readonly ManifestFile[],
  signal: AbortSignal,
): AsyncGenerator<ComparedObject> {
  for (const file of files) {
    const owners = new Map<string, readonly Owner[]>();
    for await (const entry of archive.owners(file, signal)) owners.set(entry.name, entry.owners);
    for await (const text of archive.objects(file, signal)) {
      const key = keyOf(text);
      yield { ...key, text, owners: owners.get(key.name) ?? [] };
    }
  }
}

function filesOf(
  archive: Archive,
  resource: GroupResource,
  wanted: (namespace: string | undefined) => boolean = () => true,
): ManifestFile[] {
  const files = archive.manifest.files.filter(
    (file) =>
      file.content === "objects" && file.resource === resourceName(resource) && wanted(file.namespace),
  );
  return sortByNamespace(files, ({ namespace }) => namespace);
}

function keyOf(text: string): { namespace: string | undefined; name: string } {
  const { namespace, name } = (JSON.parse(text) as { metadata: { namespace?: string; name: string } })
    .metadata;
  return { namespace, name };
}
