import { isJsonObject, type JsonObject, jsonEqual } from "../../kubernetes/json.ts";
import { isOf } from "../../kubernetes/object-facts.ts";
import type { OwnerReference } from "../../kubernetes/owners.ts";
import { mergeOwners } from "../owners/merge-owner-references.ts";

/** What an update's body is made of. */
export interface UpdateParts {
  kind: string;
  /** The object as it is in the cluster, whole. */
  live: JsonObject;
  /** The same in portable form: what it lacks is of this cluster alone. */
  portable: JsonObject;
  /** The backup's object; it is given back, changed. */
  wanted: JsonObject;
  /** The backup's owners, as far as this cluster has them. */
  owners: readonly OwnerReference[];
}

/** Metadata that the API server writes, whatever is sent. */
const SERVER_METADATA = ["generation", "creationTimestamp", "selfLink", "managedFields", "ownerReferences"];

/**
 * The body that makes a live object what the backup has: the backup's fields and no others, but for
 * those that backups leave out, which stay as they are here (the volume of a claim, the selector of a
 * Job, status). Its uid and resource version make the write one over this very state.
 */
export function bodyOver({ kind, live, portable, wanted, owners }: UpdateParts): JsonObject {
  for (const [name, value] of Object.entries(live)) {
    // The API server keeps the addresses and ports that it gave a Service by itself, and knows which go with its new type.
    if (name === "metadata" || (kind === "Service" && name === "spec")) continue;
    carry({ live: value, portable: portable[name] }, wanted, name);
  }
  const metadata = wanted["metadata"] as JsonObject;
  const liveMetadata = live["metadata"] as JsonObject;
  const portableMetadata = isJsonObject(portable["metadata"]) ? portable["metadata"] : {};
  for (const [name, value] of Object.entries(liveMetadata)) {
    if (!SERVER_METADATA.includes(name))
      carry({ live: value, portable: portableMetadata[name] }, metadata, name);
  }
  const references = mergeOwners(live, owners);
  if (references.length > 0) metadata["ownerReferences"] = references;
  return wanted;
}

/** Puts what portable form leaves out of a member into the body, where the body does not say otherwise. */
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
 * A change that the API server would not make and not refuse either: it keeps a Service without
 * address so when none is sent. As a reason, or undefined.
 */
export function silentlyKept(kind: string, live: JsonObject, wanted: JsonObject): string | undefined {
  if (!isOf({ kind, object: live }, "", "Service")) return undefined;
  const [from, to] = [live["spec"], wanted["spec"]];
  if (!isJsonObject(from) || !isJsonObject(to) || from["clusterIP"] !== "None") return undefined;
  if (to["clusterIP"] === "None" || to["type"] === "ExternalName") return undefined;
  return "spec.clusterIP: field is immutable: a Service that is headless stays so";
}
