import { createHash, hash } from "node:crypto";
import { listPages } from "../../cluster/lists/list.ts";
import { listInNamespaces } from "../../cluster/lists/list-in-namespaces.ts";
import type { ApiClient } from "../../cluster/requests/api-client.ts";
import { type JsonObject, jsonEqual, parseJson } from "../../kubernetes/json.ts";
import type { TextPieces } from "../../kubernetes/json-text.ts";
import { member } from "../../kubernetes/object-facts.ts";
import type { Owner } from "../../kubernetes/owners.ts";
import { type ObjectKey, type Resource, resourceName } from "../../kubernetes/resource.ts";
import { classifyStatus } from "../../objects/custom-status.ts";
import { leftOut, removeFields } from "../../objects/left-out.ts";
import { type PortableObject, portable } from "../../objects/portable.ts";
import { textMembers } from "../../objects/text-members.ts";
import { isOurs } from "../field-managers/managed-fields.ts";

/** The objects of one resource in the cluster, as they were read before the restore. */
export interface LiveObjects {
  /** Whether it is known which objects exist. */
  readonly isKnown: boolean;
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
  /** Names of the resources of which the backup has finished objects; none by default. */
  keepFinished?: ReadonlySet<string>;
}

/** Live objects of which only digests are kept, so that a million objects fit in memory. */
export class LiveDigests implements LiveObjects {
  readonly isKnown = true;
  readonly #digests = new Map<string, string>();
  readonly #ours = new Set<string>();
  readonly #owned = new Map<string, string>();
  readonly #statuses = new Map<string, string>();
  readonly #withStatus: boolean;

  /** @param withStatus whether statuses are compared too. */
  constructor({ withStatus = false } = {}) {
    this.#withStatus = withStatus;
  }

  /** Adds an object; none for one that backups leave out. */
  add(object: PortableObject | undefined): void {
    if (object === undefined) return;
    this.#digests.set(keyOf(object), digestOf(object.pieces));
    if (object.owners.length > 0) this.#owned.set(keyOf(object), digest(JSON.stringify(object.owners)));
    if (object.managers?.some(isOurs)) this.#ours.add(keyOf(object));
    const { status } = object;
    if (this.#withStatus && status !== undefined && !status.managers?.some(isOurs))
      this.#statuses.set(keyOf(object), digest(JSON.stringify(status.value)));
  }

  has(key: ObjectKey): boolean {
    return this.#digests.has(keyOf(key));
  }

  hasEqual(key: ObjectKey, text: string): boolean {
    return this.#digests.get(keyOf(key)) === digest(text);
  }

  hasOwners(key: ObjectKey, owners: readonly Owner[]): boolean {
    return this.#owned.get(keyOf(key)) === (owners.length > 0 ? digest(JSON.stringify(owners)) : undefined);
  }

  holdsOurs(key: ObjectKey): boolean {
    return this.#ours.has(keyOf(key));
  }

  hasStatus(key: ObjectKey, status: unknown): boolean {
    return this.#statuses.get(keyOf(key)) === digest(JSON.stringify(status));
  }
}

/** Lists the objects of a resource in some namespaces. */
export async function readLiveObjects(
  client: ApiClient,
  resource: Resource,
  { namespaces, part = false, withStatus = false, keepFinished }: LiveOptions,
  signal: AbortSignal,
): Promise<LiveObjects> {
  const live = new LiveDigests({ withStatus });
  const asText = textMembers(resource);
  const kept = { keeps: () => true, keepFinished: keepFinished?.has(resourceName(resource)) };
  const read = () => {
    if (!resource.namespaced) return listPages(client, resource, { asText }, signal);
    if (namespaces.size === 0) return [];
    return listInNamespaces(client, resource, { namespaces, asText, everywhere: !part }, signal);
  };
  for await (using page of read()) {
    for (const item of page.items) {
      // What of kube-system is restored is decided where it is read from the backup.
      const where = resource.namespaced ? namespaces : undefined;
      live.add(portable(resource, item, where, kept));
    }
  }
  return live;
}

/** The portable form of a live object, also of one that backups leave out; the object itself stays whole. */
export function portableCopy(resource: Resource, live: JsonObject): JsonObject {
  // Raw numbers survive this copy, and do not survive structuredClone.
  const copy = parseJson(JSON.stringify(live)) as JsonObject;
  removeFields(resource, copy);
  return copy;
}

/**
 * The rule by which backups leave a live object out, so that a comparison counts it as gone; undefined where none does.
 *
 * @param keepFinished names of the resources of which the backup has finished objects.
 */
export function leftOutBy(
  resource: Resource,
  live: JsonObject,
  keepFinished: ReadonlySet<string>,
): string | undefined {
  const { namespace, name } = member(live, "metadata");
  const at = typeof namespace === "string" ? namespace : undefined;
  const statusIsApart = classifyStatus(live["apiVersion"], resource.statusVersions) !== "field";
  const candidate = { kind: resource.kind, namespace: at, name: String(name), object: live, statusIsApart };
  const kept = { keeps: () => true, keepFinished: keepFinished.has(resourceName(resource)) };
  return leftOut(candidate, kept)?.what;
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
