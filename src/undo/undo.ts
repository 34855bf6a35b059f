import { isJsonObject, type JsonObject, jsonEqual } from "../kubernetes/json.ts";
import { items } from "../kubernetes/object-facts.ts";
import type { ObjectKey, Resource } from "../kubernetes/resource.ts";
import { type ChangedObjects, idOf } from "./changed-objects.ts";
import { revert } from "./three-way.ts";

/** An object of which fields stay as others have written them since. */
export interface UndoConflict extends ObjectKey {
  resource: Resource;
  fields: readonly string[];
  /** Whether other fields of it go back. */
  isPartial: boolean;
}

/** An object that exists, and its state before the changes. */
export interface UndoneObject {
  resource: Resource;
  key: ObjectKey;
  /** As it was before the changes. */
  archived: JsonObject;
  /** As it is, in the form of an archive. */
  portable: JsonObject;
  /** As it is, whole. */
  live: JsonObject;
}

/** Reverts objects that exist, and remembers the conflicts of each. */
export class Undo {
  readonly #changed: Pick<ChangedObjects, "last" | "contested">;
  readonly #conflicts = new Map<string, UndoConflict>();

  constructor(changed: Pick<ChangedObjects, "last" | "contested">) {
    this.#changed = changed;
  }

  /** The conflicts that the objects had when they were looked at last, in their order. */
  get conflicts(): UndoConflict[] {
    return [...this.#conflicts.values()];
  }

  /** The object without the changes, in the form of an archive, and the fields that stay. */
  revert({ resource, key, archived, portable, live }: UndoneObject): {
    object: JsonObject;
    conflicts: readonly string[];
  } {
    const id = idOf(resource, key);
    this.#conflicts.delete(id);
    // What a controller made follows its owner, which goes back.
    if (hasController(live)) return { object: portable, conflicts: [] };
    const last = this.#changed.last.get(resource, key)?.portable();
    const contested = this.#changed.contested.get(id);
    const { value, conflicts } = revert({ base: archived, last, live: portable }, contested);
    const isPartial = !jsonEqual(value, portable);
    if (conflicts.length > 0) this.#conflicts.set(id, { resource, ...key, fields: conflicts, isPartial });
    return { object: isJsonObject(value) ? value : portable, conflicts };
  }
}

function hasController(object: JsonObject): boolean {
  const metadata = object["metadata"];
  return (
    isJsonObject(metadata) && items(metadata, "ownerReferences").some(({ controller }) => controller === true)
  );
}
