import type { ObjectKey } from "../../kubernetes/resource.ts";

/** An object that was created before its owners, and where the object comes from. */
interface OwnedObject<Source> {
  file: Source;
  key: ObjectKey;
}

/** Objects that were created before their owners, by the owners for which they wait. */
export class OwnedObjects<Source> {
  readonly #byOwner = new Map<string, OwnedObject<Source>[]>();

  /** @param owner an id of the owner. */
  add(owner: string, object: OwnedObject<Source>): void {
    const objects = this.#byOwner.get(owner);
    if (objects === undefined) this.#byOwner.set(owner, [object]);
    else objects.push(object);
  }

  /** Removes and returns the objects of an owner. */
  take(owner: string): readonly OwnedObject<Source>[] {
    const objects = this.#byOwner.get(owner) ?? [];
    this.#byOwner.delete(owner);
    return objects;
  }
}
