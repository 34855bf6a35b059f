import { createHash, hash } from "node:crypto";
import { listPages } from "../../cluster/lists/list.ts";
import type { ApiClient } from "../../cluster/requests/api-client.ts";
import { type JsonObject, jsonEqual, parseJson } from "../../kubernetes/json.ts";
import type { TextPieces } from "../../kubernetes/json-text.ts";
import type { ObjectKey, Resource } from "../../kubernetes/resource.ts";
import { type PortableObject, portable } from "../../objects/portable.ts";
import { textMembers } from "../../objects/text-members.ts";
import { isOurs } from "../field-managers/field-managers.ts";

/** Up to so many namespaces are listed one by one, where a part of a backup is restored. */
const FEW_NAMESPACES = 4;

/** What is in the cluster already, of one resource. */
export interface LiveObjects {
  /** Whether there is such an object, as far as a list taken before can say. */
  has(key: ObjectKey): boolean;
  /** Whether that list shows it equal to this one, to the letter, but for what backups leave out. */
  hasEqual(key: ObjectKey, text: string): boolean;
  /** Whether that list shows fields of it under our name. */
  holdsOurs(key: ObjectKey): boolean;
  /** Whether that list shows it with this status, which is not under our name; never where statuses were not looked at. */
  hasStatus(key: ObjectKey, status: unknown): boolean;
}

/** Which objects to look for. */
export interface LiveOptions {
  /** Where to look; with none of them, nothing is asked. */
  namespaces: ReadonlySet<string>;
  /** Whether a few namespaces are listed alone, rather than the whole cluster. */
  part?: boolean;
  /** Whether statuses are looked at. */
  withStatus?: boolean;
}

/**
 * Lists what the cluster has of a resource in some namespaces. Of each object only a digest is kept,
 * so that a million of them fit in memory.
 */
export async function readLiveObjects(
  client: ApiClient,
  resource: Resource,
  { namespaces, part = false, withStatus = false }: LiveOptions,
  signal: AbortSignal,
): Promise<LiveObjects> {
  const digests = new Map<string, string>();
  const ours = new Set<string>();
  const statuses = new Map<string, string>();
  const add = (object: PortableObject | undefined) => {
    if (object === undefined) return;
    digests.set(keyOf(object), digestOf(object.pieces));
    if (object.managers?.some(isOurs)) ours.add(keyOf(object));
    const { status } = object;
    if (withStatus && status !== undefined && !status.managers?.some(isOurs))
      statuses.set(keyOf(object), digest(JSON.stringify(status.value)));
  };
  const few = part && resource.namespaced && namespaces.size <= FEW_NAMESPACES;
  const everywhere = namespaces.size > 0 || !resource.namespaced ? [undefined] : [];
  for (const namespace of few ? namespaces : everywhere) {
    for await (const page of listPages(
      client,
      resource,
      { namespace, asText: textMembers(resource) },
      signal,
    )) {
      for (const item of page.items) {
        add(portable(resource, item, resource.namespaced ? namespaces : undefined));
      }
      page.release?.();
    }
  }
  return {
    has: (key) => digests.has(keyOf(key)),
    hasEqual: (key, text) => digests.get(keyOf(key)) === digest(text),
    holdsOurs: (key) => ours.has(keyOf(key)),
    hasStatus: (key, status) => statuses.get(keyOf(key)) === digest(JSON.stringify(status)),
  };
}

/** A live object in portable form; the object itself stays whole. */
export function portableCopy(resource: Resource, live: JsonObject): JsonObject {
  // Numbers that are kept as they were written survive this copy, and not structuredClone.
  const copy = parseJson(JSON.stringify(live)) as JsonObject;
  const object = portable(resource, copy);
  // What backups leave out as a whole keeps its fields: it equals nothing in a backup.
  return object === undefined ? copy : (parseJson(object.text) as JsonObject);
}

/** Whether two objects are equal; another order of keys makes no difference. */
export function isEqualText(object: JsonObject, text: string): boolean {
  return jsonEqual(object, parseJson(text));
}

function keyOf({ namespace, name }: ObjectKey): string {
  return `${namespace ?? ""}/${name}`;
}

/** The digest of a text, which need not be joined for it. */
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
