import type { ManifestFile, ManifestResource } from "../../archive/format/manifest.ts";
import { LinesInOrder } from "../../archive/lines/lines-in-order.ts";
import type { Archive } from "../../archive/reader.ts";
import type { ArchiveObject, ArchiveWriter } from "../../archive/writer.ts";
import type { FieldManager } from "../../kubernetes/field-manager.ts";
import { parseJson } from "../../kubernetes/json.ts";
import { keyOf } from "../../kubernetes/metadata.ts";
import { compareKeyTexts, keyText } from "../../kubernetes/object-order.ts";
import { NAMESPACES, resourceName } from "../../kubernetes/resource.ts";
import { SYSTEM_NAMESPACE } from "../../objects/kept-system-objects.ts";
import { rfc3339 } from "../../time/rfc3339.ts";
import type { ChangeRecord } from "../format/change-record.ts";
import type { Changes } from "./changes.ts";

/** The moment that a replay leads to. */
export interface ReplayedMoment {
  time: Date;
  revision: string;
}

/**
 * Writes the archive of a moment: a base with the changes since then. Objects of namespaces that the moment does not have
 * are left out, as a backup leaves them out.
 */
export async function replay(
  base: Archive,
  changes: Changes,
  { time, revision }: ReplayedMoment,
  writer: ArchiveWriter,
  signal: AbortSignal,
): Promise<void> {
  const { manifest } = base;
  const namespaces = new Set<string>();
  const resources: ManifestResource[] = [];
  const namespacesFirst = manifest.resources.toSorted(
    (one, other) => Number(isOfNamespaces(other)) - Number(isOfNamespaces(one)),
  );
  const counts = new Map<ManifestResource, number>();
  for (const resource of namespacesFirst) {
    let objects = 0;
    for await (const object of merged(base, changes, resource, signal)) {
      if (isOfNamespaces(resource)) namespaces.add(object.name);
      const { namespace } = object;
      if (namespace !== undefined && namespace !== SYSTEM_NAMESPACE && !namespaces.has(namespace)) continue;
      await writer.add(object, signal);
      objects += 1;
    }
    counts.set(resource, objects);
  }
  for (const resource of manifest.resources)
    resources.push({ ...resource, objects: counts.get(resource) ?? 0, revision });
  const { counts: _counts, format: _format, formatVersion: _version, tags: _tags, ...facts } = manifest;
  await writer.finish({ ...facts, time: rfc3339(time), revision, resources }, signal);
}

function isOfNamespaces(resource: ManifestResource): boolean {
  return resourceName(resource) === resourceName(NAMESPACES);
}

/** The objects of a resource, those of the base and those that have changed, in the order of an API server's list. */
async function* merged(
  base: Archive,
  changes: Changes,
  resource: ManifestResource,
  signal: AbortSignal,
): AsyncGenerator<ArchiveObject> {
  const name = resourceName(resource);
  const changed = changes.of(name);
  let next = 0;
  for (const file of base.files.objectsOf(name)) {
    for await (const object of objectsOf(base, file, resource, signal)) {
      const key = keyText({ namespace: object.namespace, name: object.name });
      for (; next < changed.length; next += 1) {
        const order = compareKeyTexts(changed[next]?.key ?? "", key);
        if (order >= 0) break;
        yield* objectOf(changed[next]?.record, resource);
      }
      if (changed[next]?.key !== key) {
        yield object;
        continue;
      }
      yield* objectOf(changed[next]?.record, resource);
      next += 1;
    }
  }
  for (; next < changed.length; next += 1) yield* objectOf(changed[next]?.record, resource);
}

/** The object of a change; nothing where it was deleted. */
function* objectOf(record: ChangeRecord | undefined, resource: ManifestResource): Generator<ArchiveObject> {
  if (record?.object === undefined) return;
  const { namespace, name, owners, managers, status, object } = record;
  // An object with raw numbers is written as it was.
  yield { resource, namespace, name, text: JSON.stringify(object), owners: owners ?? [], managers, status };
}

/** The objects of a file, with all that an archive keeps of each. */
async function* objectsOf(
  archive: Archive,
  file: ManifestFile,
  resource: ManifestResource,
  signal: AbortSignal,
): AsyncGenerator<ArchiveObject> {
  const beside = {
    owners: new LinesInOrder(archive.owners(file, signal)),
    managers: new LinesInOrder(archive.managers(file, signal)),
    statuses: new LinesInOrder(archive.statuses(file, signal)),
  };
  const sole = file.manager === undefined ? undefined : [{ manager: file.manager, operation: "Update" }];
  try {
    for await (const text of archive.objects(file, signal)) {
      const { namespace, name } = keyOf(JSON.parse(text));
      const owners = (await beside.owners.next(name))?.owners ?? [];
      const managers: readonly FieldManager[] | undefined =
        (await beside.managers.next(name))?.managers ?? sole;
      const line = await beside.statuses.next(name);
      yield {
        ...{ resource, namespace, name, text, owners, managers },
        status: line === undefined ? undefined : statusOf(line.text),
      };
    }
  } finally {
    await Promise.all(Object.values(beside).map((lines) => lines.close()));
  }
}

/** The status of a line, with all numbers as they were written. */
function statusOf(line: string): ArchiveObject["status"] {
  const { status, managers } = parseJson(line) as { status: unknown; managers?: FieldManager[] };
  return { value: status, managers };
}
