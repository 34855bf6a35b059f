import type { WatchEvent } from "../../cluster/watch/watch.ts";
import { isJsonObject, type JsonObject } from "../../kubernetes/json.ts";
import { keyOf, metadataOf } from "../../kubernetes/metadata.ts";
import { items, member } from "../../kubernetes/object-facts.ts";
import { keyText } from "../../kubernetes/object-order.ts";
import { ownerReferencesOf } from "../../kubernetes/owners.ts";
import { isNamespaces, resourceName, type ServedResource } from "../../kubernetes/resource.ts";
import { candidateOf, isExcluded } from "../../objects/excluded.ts";
import type { KeepsSystemObject } from "../../objects/kept-system-objects.ts";
import { type IsOwn, NONE_OWN } from "../../objects/own-objects.ts";
import { type PortableObject, portable } from "../../objects/portable.ts";
import { digestOf } from "./digest.ts";

/** An event of a watch, as far as the object itself decides what becomes of it. Rules that look at others come later. */
export interface Observation {
  revision: string;
  /** When it came, in milliseconds since 1970. */
  received: number;
  resource: ServedResource;
  /** Resource, namespace and name. */
  key: string;
  namespace: string | undefined;
  name: string;
  uid: string;
  isNamespace: boolean;
  isDeletion: boolean;
  /** When its deletion began, or is to end, as the object says; undefined where it is not being deleted. */
  deletionTimestamp: string | undefined;
  /** Whether the object carries a label that leaves it out. */
  hasExcludeLabel: boolean;
  /** The uid of the controller; undefined where there is none. */
  controller: string | undefined;
  manager: string | undefined;
  /** What an archive would keep; undefined where the object is gone, or a rule leaves it out. */
  kept: { object: PortableObject; digest: string } | undefined;
}

/** Options of {@link observe}. */
export interface ObserveOptions {
  resource: ServedResource;
  received: number;
  keeps: KeepsSystemObject;
  keepFinished: boolean;
  isOwn: IsOwn;
}

/** The key of an object among those of all resources. */
export function stateKey(resource: string, key: { namespace: string | undefined; name: string }): string {
  return `${resource} ${keyText(key)}`;
}

/** Looks at an event. Removes fields from its object. */
export function observe(
  { type, revision, object }: WatchEvent,
  { resource, received, keeps, keepFinished, isOwn }: ObserveOptions,
): Observation {
  const { namespace, name } = keyOf(object);
  const owner = ownerReferencesOf(object).find(({ controller }) => controller === true);
  const facts = {
    ...{ revision, received, resource, namespace, name },
    key: stateKey(resourceName(resource), { namespace, name }),
    uid: String(metadataOf(object).uid),
    isNamespace: isNamespaces(resource),
    isDeletion: type === "DELETED",
    deletionTimestamp: metadataOf(object).deletionTimestamp,
    hasExcludeLabel: isExcluded(object),
    controller: owner === undefined ? undefined : String(owner["uid"]),
    manager: lastManager(object),
  };
  const own = isOwn !== NONE_OWN && isOwn(candidateOf(resource.kind, object));
  if (type === "DELETED" || own) return { ...facts, kept: undefined };
  const kept = portable(resource, object, undefined, { keeps, keepFinished });
  return { ...facts, kept: kept && { object: kept, digest: digestOf(kept) } };
}

/** The field manager that has written last. */
function lastManager(object: JsonObject): string | undefined {
  let last: { manager: unknown; time: string } | undefined;
  for (const entry of items(member(object, "metadata"), "managedFields")) {
    const { manager, time } = entry;
    if (isJsonObject(entry) && typeof time === "string" && (last === undefined || time >= last.time))
      last = { manager, time };
  }
  return typeof last?.manager === "string" ? last.manager : undefined;
}
