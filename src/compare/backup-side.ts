import type { Manifest, ManifestFile } from "../archive/format/manifest.ts";
import { describeScope } from "../archive/format/scope.ts";
import type { Archive } from "../archive/reader.ts";
import type { JsonObject } from "../kubernetes/json.ts";
import type { Owner } from "../kubernetes/owners.ts";
import { NAMESPACES, type Resource, resourceName } from "../kubernetes/resource.ts";
import { NeverBackedUp } from "../objects/never-backed-up.ts";
import { compileNamespaces } from "../selection/namespaces.ts";
import { amount } from "../words/amount.ts";
import type { ComparedObject, ComparedSide } from "./compared-side.ts";
import type { Side } from "./document.ts";

/** Kinds of which KEEP_KUBE_SYSTEM keeps objects of kube-system. */
const KEEPABLE = ["ConfigMap", "Secret"];

/** A backup as one side of a comparison. Each file is verified while it is read. */
export async function readBackupSide(
  { name, archive }: { name: string; archive: Archive },
  signal: AbortSignal,
): Promise<ComparedSide> {
  const { time, resources, missing, excluded, keepFinished } = archive.manifest;
  const partial = describeScope(archive.manifest);
  const namespaces = archive.files.namespaces();
  // Single objects of kube-system are compared where either side holds them: the settings of backups may differ.
  const never = new NeverBackedUp({ keeps: (candidate) => KEEPABLE.includes(candidate.kind), keepFinished });
  for (const file of archive.files.objectsOf(resourceName(NAMESPACES))) {
    for await (const text of archive.objects(file, signal)) {
      const object = JSON.parse(text) as JsonObject;
      if (!never.has(NAMESPACES, object)) namespaces.add(keyOf(object).name);
    }
  }
  // The warnings of a backup matter to a restore. Only these matter to a comparison.
  const notes = [
    ...resources
      .filter(({ sameMoment }) => !sameMoment)
      .map((each) => `${name} holds ${resourceName(each)} of another moment than the rest`),
    ...describeExcluded(name, excluded),
    ...(partial === undefined ? [] : [`${name} is ${partial}: no other namespace is compared`]),
  ];
  return {
    side: { kind: "backup", name, time, cluster: clusterOf(archive.manifest) },
    resources,
    namespaces,
    keepFinished: new Set(keepFinished),
    covers: compileNamespaces(archive.manifest.scope ?? {}),
    missing: missing.map(({ resource, reason }) => ({
      resource,
      reason: `${name} does not hold all of them (${reason})`,
    })),
    get notes() {
      const note = describeNeverBackedUp(never, name);
      return note === undefined ? notes : [...notes, note];
    },
    find: (resource) => resources.find((each) => resourceName(each) === resourceName(resource)),
    objects: (resource, wanted, signal) =>
      readObjects(
        archive,
        { files: archive.files.objectsOf(resourceName(resource)).where(wanted), resource, never },
        signal,
      ),
  };
}

function clusterOf({ cluster: { id, name } }: Pick<Manifest, "cluster">): NonNullable<Side["cluster"]> {
  return name === undefined ? { id } : { id, name };
}

function describeExcluded(name: string, excluded: Readonly<Record<string, number>>): string[] {
  const counts = Object.entries(excluded).map(([resource, count]) => `${resource} ${count}`);
  return counts.length === 0
    ? []
    : [`${name} was taken without what a label leaves out: ${counts.join(", ")}`];
}

async function* readObjects(
  archive: Archive,
  { files, resource, never }: { files: Iterable<ManifestFile>; resource: Resource; never: NeverBackedUp },
  signal: AbortSignal,
): AsyncGenerator<ComparedObject> {
  for (const file of files) {
    const ownersByName = new Map<string, readonly Owner[]>();
    for await (const entry of archive.owners(file, signal)) ownersByName.set(entry.name, entry.owners);
    for await (const text of archive.objects(file, signal)) {
      const object = JSON.parse(text) as JsonObject;
      const key = keyOf(object);
      const owners = ownersByName.get(key.name) ?? [];
      if (!never.has(resource, object, owners)) yield { ...key, text, owners };
    }
  }
}

function describeNeverBackedUp(
  { found: { count, titles } }: NeverBackedUp,
  name: string,
): string | undefined {
  if (count === 0) return undefined;
  const objects = amount(count, "object");
  return `${name} holds ${objects} that no backup of kube-backup holds, which are not compared: ${titles.join(", ")}${count > titles.length ? " and more" : ""}`;
}

function keyOf(object: JsonObject): { namespace: string | undefined; name: string } {
  const { namespace, name } = object["metadata"] as { namespace?: string; name: string };
  return { namespace, name };
}
