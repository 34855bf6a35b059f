/** Whether a cluster has lost much of what it held, and when that began, without I/O. */

import type { ChangeRecord } from "../../change-log/format/change-record.ts";
import { keyText } from "../../kubernetes/object-order.ts";
import { NAMESPACES, resourceName } from "../../kubernetes/resource.ts";

/** Deletions that follow each other within this time belong together, in milliseconds. */
const TOGETHER = 10 * 60_000;

/** What a backup holds, by numbers. */
export interface HeldObjects {
  total: number;
  /** Objects of each namespace. */
  byNamespace: ReadonlyMap<string, number>;
}

/** What a change says of whether its object is there. */
export type LossRecord = Pick<
  ChangeRecord,
  "revision" | "time" | "operation" | "resource" | "namespace" | "name" | "deletionTimestamp"
>;

/** What a cluster has lost since a backup. */
export interface Loss {
  /** Objects of the backup that are gone at the end. */
  objects: number;
  /** Of so many. */
  of: number;
  /** Namespaces of the backup that are gone, or of which every object is, sorted. */
  namespaces: readonly string[];
  /** When the first of the deletions that belong together began. */
  began: Date;
}

/** What became of one object. */
interface Fate {
  wasHeld: boolean;
  isNamespace: boolean;
  namespace: string | undefined;
  name: string;
  /** When its deletion began, in milliseconds since 1970; undefined where it is there. */
  gone: number | undefined;
}

/**
 * Looks for a loss: a whole namespace of a backup, or more than half of its objects, is gone after the changes. What was
 * made since counts for nothing. A namespace is whole where it is gone itself, or where all of its two or more objects are.
 *
 * @param held what the backup holds.
 * @param records all changes since, in order.
 */
export function findLoss(held: HeldObjects, records: Iterable<LossRecord>): Loss | undefined {
  const gone = [...fatesOf(records)]
    .flatMap((fate) => (fate.wasHeld && fate.gone !== undefined ? [{ ...fate, gone: fate.gone }] : []))
    .sort((one, other) => one.gone - other.gone);
  const left = new Map(held.byNamespace);
  const namespaces = new Set<string>();
  let decisive: number | undefined;
  for (const [index, { isNamespace, namespace, name }] of gone.entries()) {
    if (isNamespace) namespaces.add(name);
    else if (namespace !== undefined) {
      const objects = (left.get(namespace) ?? 0) - 1;
      left.set(namespace, objects);
      if (objects === 0 && (held.byNamespace.get(namespace) ?? 0) > 1) namespaces.add(namespace);
    }
    if (namespaces.size > 0 || (index + 1) * 2 > held.total) decisive ??= index;
  }
  if (decisive === undefined) return undefined;
  // What was deleted long before, one by one, is no part of it.
  let first = decisive;
  const began = (index: number) => gone[index]?.gone ?? 0;
  while (first > 0 && began(first) - began(first - 1) <= TOGETHER) first -= 1;
  return {
    ...{ objects: gone.length, of: held.total },
    namespaces: [...namespaces].sort(),
    began: new Date(began(first)),
  };
}

function fatesOf(records: Iterable<LossRecord>): Iterable<Fate> {
  const fates = new Map<string, Fate>();
  for (const { resource, namespace, name, operation, time, deletionTimestamp } of records) {
    const key = `${resource} ${keyText({ namespace, name })}`;
    const known = fates.get(key);
    fates.set(key, {
      // The first change of an object that the backup does not hold makes it.
      wasHeld: known?.wasHeld ?? operation !== "create",
      isNamespace: resource === resourceName(NAMESPACES),
      ...{ namespace, name },
      gone: operation === "delete" ? beganAt(time, deletionTimestamp) : undefined,
    });
  }
  return fates.values();
}

/** A deletionTimestamp may be when the deletion is to end at the latest, which is later. */
function beganAt(time: string, deletionTimestamp: string | undefined): number {
  const began = Date.parse(deletionTimestamp ?? time);
  return Math.min(Number.isNaN(began) ? Number.POSITIVE_INFINITY : began, Date.parse(time));
}
