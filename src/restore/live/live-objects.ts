import { createHash, hash } from "node:crypto";
import { listPages } from "../../cluster/lists/list.ts";
import type { ApiClient } from "../../cluster/requests/api-client.ts";
import { type JsonObject, jsonEqual, parseJson } from "../../kubernetes/json.ts";
import type { TextPieces } from "../../kubernetes/json-text.ts";
import { member } from "../../kubernetes/object-facts.ts";
import type { Owner } from "../../kubernetes/owners.ts";
import type { ObjectKey, Resource } from "../../kubernetes/resource.ts";
import { leftOut, removeFields } from "../../objects/left-out.ts";
import { type PortableObject, portable } from "../../objects/portable.ts";
import { textMembers } from "../../objects/text-members.ts";
import { isOurs } from "../field-managers/managed-fields.ts";

/** A restore of a part of a backup lists up to so many namespaces one by one. */
const FEW_NAMESPACES = 4;

/** The objects of one resource in the cluster, as a list before the restore showed them. */
export interface LiveObjects {
  /** Whether the object exists. */
  has(key: ObjectKey): boolean;
  /** Whether the object is equal to this JSON, byte for byte, but for what backups leave out. */
  hasEqual(key: ObjectKey, text: string): boolean;
  /** Whether the object has these owners, by name, in this order. */
  hasOwners(key: ObjectKey, owners: readonly Owner[]): boolean;
  /** Whether kube-backup manages fields of the object. */
  holdsOurs(key: ObjectKey): boolean;
  /** Whether the object has this status, which kube-backup does not manage; never where statuses were not read. */
  hasStatus(key: ObjectKey, status: unknown): boolean;
}

/** Which objects to list. */
export interface LiveOptions {
  /** Names of the namespaces; with none of them, nothing is listed. */
  namespaces: ReadonlySet<string>;
  /** Whether a few namespaces are listed one by one, rather than the whole cluster. */
  part?: boolean;
  /** Whether statuses are compared too. */
  withStatus?: boolean;
}

/**
 * Lists the objects of a resource in some namespaces. Only a digest of each object is kept, so that a million
 * objects fit in memory.
 */
export async function readLiveObjects(
  client: ApiClient,
  resource: Resource,
  { namespaces, part = false, withStatus = false }: LiveOptions,
  signal: AbortSignal,
): Promise<LiveObjects> {
  const digests = new Map<string, string>();
  const ours = new Set<string>();
  const owned = new Map<string, string>();
  const statuses = new Map<string, string>();
  const add = (object: PortableObject | undefined) => {
    if (object === undefined) return;
    digests.set(keyOf(object), digestOf(object.pieces));
    if (object.owners.length > 0) owned.set(keyOf(object), digest(JSON.stringify(object.owners)));
    if (object.managers?.some(isOurs)) ours.add(keyOf(object));
    const { status } = object;
    if (withStatus && status !== undefined && !status.managers?.some(isOurs))
      statuses.set(keyOf(object), digest(JSON.stringify(status.value)));
  };
  const few = part && resource.namespaced && namespaces.size <= FEW_NAMESPACES;
  const everywhere = namespaces.size > 0 || !resource.namespaced ? [undefined] : [];
  for (const namespace of few ? namespaces : everywhere) {
    for await (using page of listPages(
      client,
      resource,
      { namespace, asText: textMembers(resource) },
      signal,
    )) {
      for (const item of page.items) {
        add(portable(resource, item, resource.namespaced ? namespaces : undefined));
      }
    }
  }
  return {
    has: (key) => digests.has(keyOf(key)),
    hasEqual: (key, text) => digests.get(keyOf(key)) === digest(text),
    hasOwners: (key, owners) =>
      owned.get(keyOf(key)) === (owners.length > 0 ? digest(JSON.stringify(owners)) : undefined),
    holdsOurs: (key) => ours.has(keyOf(key)),
    hasStatus: (key, status) => statuses.get(keyOf(key)) === digest(JSON.stringify(status)),
  };
}

/** The portable form of a live object, also of one that backups leave out; the object itself stays whole. */
export function portableCopy(resource: Resource, live: JsonObject): JsonObject {
  // Raw numbers survive this copy, and do not survive structuredClone.
  const copy = parseJson(JSON.stringify(live)) as JsonObject;
  removeFields(resource, copy);
  return copy;
}

/** The rule by which backups leave a live object out, so that a comparison counts it as gone; undefined where none does. */
export function leftOutBy({ kind }: Pick<Resource, "kind">, live: JsonObject): string | undefined {
  const { namespace, name } = member(live, "metadata");
  const at = typeof namespace === "string" ? namespace : undefined;
  return leftOut({ kind, namespace: at, name: String(name), object: live });
}

/** Whether two objects are equal, the order of keys aside. */
export function isEqualText(object: JsonObject, text: string): boolean {
  return jsonEqual(object, parseJson(text));
}

function keyOf({ namespace, name }: ObjectKey): string {
  return `${namespace ?? ""}/${name}`;
}

/** The digest of a text in pieces, without joining the pieces. */
function digestOf(pieces: TextPieces): string {
  const [first] = pieces;
  if (pieces.length === 1 && typeof first === "string") return digest(first);
  const sum = createHash("sha256");
  for (const piece of pieces) sum.update(piece);
  return sum.digest("base64url");
}

function digest(text: string): string {
  return hash("sha256", text, "base64url");
}
