import { LinesInOrder } from "../../archive/lines/lines-in-order.ts";
import type { Archive } from "../../archive/reader.ts";
import { type JsonObject, parseJson } from "../../kubernetes/json.ts";
import { keyOf } from "../../kubernetes/metadata.ts";
import { keyText } from "../../kubernetes/object-order.ts";
import { type ObjectKey, type Resource, resourceName } from "../../kubernetes/resource.ts";
import type { Selection } from "../../selection/selection.ts";
import { stateWith } from "./object-state.ts";

/** An object whose state is known. */
export interface KnownObject extends ObjectKey {
  resource: Resource;
  /** Parses the state: what is kept in memory is the text of a backup, which is a fraction of it. */
  state(): JsonObject;
  /** The same in the form of an archive, without what is kept beside the object. */
  portable(): JsonObject;
}

/** The states of the objects that a history is of, at one moment. */
export class KnownStates {
  readonly #objects = new Map<string, KnownObject>();

  /** The object; undefined where there is none. */
  get(resource: Resource, key: ObjectKey): KnownObject | undefined {
    return this.#objects.get(idOf(resource, key));
  }

  set(object: KnownObject): void {
    this.#objects.set(idOf(object.resource, object), object);
  }

  delete(resource: Resource, key: ObjectKey): void {
    this.#objects.delete(idOf(resource, key));
  }

  /** All objects, in no order. */
  [Symbol.iterator](): Iterator<KnownObject> {
    return this.#objects.values();
  }
}

/** Reads the states of those objects of a backup that a selection has. It decides by kind, namespace and name alone. */
export async function readStates(
  archive: Archive,
  selection: Selection,
  signal: AbortSignal,
): Promise<KnownStates> {
  const states = new KnownStates();
  const isWanted = (namespace: string | undefined) =>
    namespace === undefined || selection.namespace(namespace);
  for (const resource of archive.manifest.resources) {
    if (!selection.resource(resource)) continue;
    for (const file of archive.files.objectsOf(resourceName(resource)).where(isWanted)) {
      const owners = new LinesInOrder(archive.owners(file, signal));
      const statuses = new LinesInOrder(archive.statuses(file, signal));
      try {
        for await (const text of archive.objects(file, signal)) {
          const { namespace, name } = keyOf(JSON.parse(text));
          const beside = { owners: await owners.next(name), status: await statuses.next(name) };
          if (!selection.object(resource, { metadata: { name, ...(namespace && { namespace }) } })) continue;
          states.set({
            ...{ resource, namespace, name },
            portable: () => parseJson(text) as JsonObject,
            state: () =>
              stateWith(parseJson(text) as JsonObject, {
                owners: beside.owners?.owners,
                status: beside.status && (parseJson(beside.status.text) as JsonObject)["status"],
              }),
          });
        }
      } finally {
        await Promise.all([owners.close(), statuses.close()]);
      }
    }
  }
  return states;
}

function idOf(resource: Resource, key: ObjectKey): string {
  return `${resourceName(resource)} ${keyText(key)}`;
}
