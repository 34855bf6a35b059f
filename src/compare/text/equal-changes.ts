import { hash } from "node:crypto";
import type { ObjectDifference } from "../document.ts";

/** The fewest objects with equal changes that are one entry. */
const MIN_GROUP = 3;

/** Objects of one resource whose changes are equal; most often a single one. The first one is shown. */
export type EqualChanges = readonly [ObjectDifference, ...ObjectDifference[]];

/**
 * Groups objects that changed in the same fields from the same values to the same ones, each group at the place of its
 * first object.
 *
 * @param isAlone whether an object has an entry of its own in any case, because others stand below it.
 */
export function groupEqualChanges(
  objects: readonly ObjectDifference[],
  isAlone: (object: ObjectDifference) => boolean,
): EqualChanges[] {
  const groups = new Map<string, [ObjectDifference, ...ObjectDifference[]]>();
  for (const [index, object] of objects.entries()) {
    const key = object.change === "changed" && !isAlone(object) ? keyOf(object) : String(index);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [object]);
    else group.push(object);
  }
  const first = new Map<ObjectDifference, EqualChanges>();
  for (const group of groups.values()) {
    if (group.length >= MIN_GROUP) first.set(group[0], group);
    else for (const object of group) first.set(object, [object]);
  }
  return objects.flatMap((object) => {
    const group = first.get(object);
    return group === undefined ? [] : [group];
  });
}

/** A digest, since a cluster can have a million changes. */
function keyOf({ resource, fields }: ObjectDifference): string {
  return hash("sha256", `${resource}\n${JSON.stringify(fields)}`, "base64url");
}
