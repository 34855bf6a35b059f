import { isJsonObject, type JsonObject, jsonEqual } from "../../kubernetes/json.ts";
import { isOf, member } from "../../kubernetes/object-facts.ts";
import type { OwnerReference } from "../../kubernetes/owners.ts";

/** The parts of the body of an update. */
export interface UpdateParts {
  kind: string;
  /** The whole live object. */
  live: JsonObject;
  /** The live object in portable form, which lacks the fields that belong to this cluster alone. */
  portable: JsonObject;
  /** The backup's object, which is changed in place. */
  wanted: JsonObject;
  /** The owner references that the object gets. */
  references: readonly OwnerReference[];
}

/** Metadata that the API server writes by itself, whatever is sent. */
const SERVER_METADATA = ["generation", "creationTimestamp", "selfLink", "managedFields", "ownerReferences"];

/**
 * The body of an update that makes a live object equal to the backup's. The body has the fields of the backup, and
 * of the live object those that backups leave out (the volume of a PVC, the selector of a Job, status). The uid and
 * the resource version of the live object bind the update to the state that was read: optimistic concurrency.
 */
export function bodyOver({ kind, live, portable, wanted, references }: UpdateParts): JsonObject {
  for (const [name, value] of Object.entries(live)) {
    // The API server itself keeps the addresses and ports that it allocated, as far as they fit the new type of the Service.
    if (name === "metadata" || (kind === "Service" && name === "spec")) continue;
    carry({ live: value, portable: portable[name] }, wanted, name);
  }
  keepLoadBalancerClass(kind, live, wanted);
  const metadata = wanted["metadata"] as JsonObject;
  const liveMetadata = live["metadata"] as JsonObject;
  const portableMetadata = isJsonObject(portable["metadata"]) ? portable["metadata"] : {};
  for (const [name, value] of Object.entries(liveMetadata)) {
    if (!SERVER_METADATA.includes(name))
      carry({ live: value, portable: portableMetadata[name] }, metadata, name);
  }
  if (references.length > 0) metadata["ownerReferences"] = references;
  return wanted;
}

/** The class is immutable while a Service is of the type LoadBalancer, and no other type has one. */
function keepLoadBalancerClass(kind: string, live: JsonObject, wanted: JsonObject): void {
  const { type, loadBalancerClass } = member(live, "spec");
  const spec = wanted["spec"];
  if (kind !== "Service" || !isJsonObject(spec) || loadBalancerClass === undefined) return;
  if (type === "LoadBalancer" && spec["type"] === type) spec["loadBalancerClass"] ??= loadBalancerClass;
}

/** Copies what the portable form leaves out of a member into the body, unless the body has its own value. */
function carry(
  { live, portable }: { live: unknown; portable: unknown },
  parent: JsonObject,
  name: string,
): void {
  if (portable === undefined) {
    if (!Object.hasOwn(parent, name)) parent[name] = live;
  } else if (isJsonObject(live) && isJsonObject(portable)) {
    const there = parent[name];
    if (there !== undefined && !isJsonObject(there)) return;
    const members: JsonObject = there ?? {};
    for (const [member, value] of Object.entries(live))
      carry({ live: value, portable: portable[member] }, members, member);
    if (Object.keys(members).length > 0) parent[name] = members;
  } else if (Array.isArray(live) && Array.isArray(portable) && live.length > portable.length) {
    const left = live.filter((item) => !portable.some((kept) => jsonEqual(kept, item)));
    const there = parent[name];
    if (there === undefined || Array.isArray(there)) parent[name] = [...(there ?? []), ...left];
  }
}

/**
 * A change that the API server would neither make nor refuse: a headless Service stays headless when no cluster IP
 * is sent.
 *
 * @returns the reason, or undefined where there is no such change.
 */
export function silentlyKept(kind: string, live: JsonObject, wanted: JsonObject): string | undefined {
  if (!isOf({ kind, object: live }, "", "Service")) return undefined;
  const [from, to] = [live["spec"], wanted["spec"]];
  if (!isJsonObject(from) || !isJsonObject(to) || from["clusterIP"] !== "None") return undefined;
  if (to["clusterIP"] === "None" || to["type"] === "ExternalName") return undefined;
  return "spec.clusterIP: field is immutable: a Service that is headless stays so";
}
