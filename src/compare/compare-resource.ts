import { hash } from "node:crypto";
import { isJsonObject, type JsonObject, parseJson } from "../kubernetes/json.ts";
import type { Owner } from "../kubernetes/owners.ts";
import { apiVersion, type Resource, resourceName } from "../kubernetes/resource.ts";
import type { SelectableObject, Selection } from "../selection/selection.ts";
import type { ComparedObject, ComparedSide } from "./compared-side.ts";
import type { Change, FieldDifference, ObjectDifference } from "./document.ts";
import { objectChangesOf, shownObject } from "./object-changes.ts";

/** A difference, with what its place among the others depends on. */
export interface FoundDifference extends ObjectDifference {
  /** The owners that the object has on either side. */
  owners: readonly Owner[];
}

/** What one resource's objects came to. */
export interface ComparedResource {
  differences: FoundDifference[];
  alike: number;
}

/** What {@link compareResource} compares; a side that has no such resource has no objects of it. */
export interface CompareResourceOptions {
  left: ComparedSide;
  right: ComparedSide;
  resources: { left: Resource | undefined; right: Resource | undefined };
  selection: Selection;
  /** Told of each object that was read for the first time. */
  onObject?: (() => void) | undefined;
}

/**
 * Compares all objects of a resource. Of those that are alike, only digests are held: the left side is
 * read into them, the right side is read once, and what differs is read a second time from the left.
 */
export async function compareResource(
  options: CompareResourceOptions,
  signal: AbortSignal,
): Promise<ComparedResource> {
  const { left, right } = options.resources;
  const resource = left ?? right;
  if (resource === undefined) return { differences: [], alike: 0 };
  const comparison = new ResourceComparison(options, resource);
  if (left !== undefined) await comparison.readLeft(left, signal);
  if (right !== undefined) await comparison.readRight(right, signal);
  if (left !== undefined) await comparison.readLeftAgain(left, signal);
  return comparison;
}

/** What is known of an object of the left side that has not been found alike. */
interface LeftObject {
  namespace: string | undefined;
  digest: string;
  /** Whether its left state is asked for; its right one may be where this is not. */
  selected: boolean;
  /** Its right state, once that is known to differ. */
  right?: ComparedObject;
}

class ResourceComparison implements ComparedResource {
  readonly differences: FoundDifference[] = [];
  alike = 0;
  readonly #options: CompareResourceOptions;
  readonly #resource: Resource;
  /** In two versions, objects differ by the version's name at least, which says nothing of their state. */
  readonly #sameVersion: boolean;
  readonly #waiting = new Map<string, LeftObject>();

  constructor(options: CompareResourceOptions, resource: Resource) {
    this.#options = options;
    this.#resource = resource;
    this.#sameVersion = options.resources.left?.version === options.resources.right?.version;
  }

  async readLeft(resource: Resource, signal: AbortSignal): Promise<void> {
    for await (const object of this.#options.left.objects(resource, this.#wanted, signal)) {
      this.#options.onObject?.();
      const { namespace } = object;
      const digest = digestOf(object, this.#sameVersion);
      this.#waiting.set(keyOf(object), { namespace, digest, selected: this.#selects(object) });
    }
  }

  async readRight(resource: Resource, signal: AbortSignal): Promise<void> {
    for await (const object of this.#options.right.objects(resource, this.#wanted, signal)) {
      this.#options.onObject?.();
      const key = keyOf(object);
      const left = this.#waiting.get(key);
      const selected = left?.selected === true || this.#selects(object);
      const alike = left?.digest === digestOf(object, this.#sameVersion);
      if (!selected || alike) this.#waiting.delete(key);
      if (!selected) continue;
      if (left === undefined) this.differences.push(onOneSide("added", this.#resource, object));
      else if (alike) this.alike += 1;
      else this.#waiting.set(key, { ...left, selected, right: object });
    }
  }

  /** What is still waiting differs, or is on the left side alone. */
  async readLeftAgain(resource: Resource, signal: AbortSignal): Promise<void> {
    for (const [key, { selected }] of this.#waiting) if (!selected) this.#waiting.delete(key);
    if (this.#waiting.size === 0) return;
    const places = new Set([...this.#waiting.values()].map(({ namespace }) => namespace));
    const wanted = (namespace: string | undefined) => places.has(namespace);
    for await (const object of this.#options.left.objects(resource, wanted, signal)) {
      const left = this.#waiting.get(keyOf(object));
      if (left === undefined) continue;
      this.#waiting.delete(keyOf(object));
      if (left.right === undefined) this.differences.push(onOneSide("removed", this.#resource, object));
      else this.#compare(object, left.right);
    }
  }

  #compare(left: ComparedObject, right: ComparedObject): void {
    const states = [stateOf(left, this.#sameVersion), stateOf(right, this.#sameVersion)] as const;
    const fields = objectChangesOf(this.#resource.kind, ...states);
    // Written differently, and the same: the order of keys, for one.
    if (fields.length === 0) this.alike += 1;
    else this.differences.push(changed(this.#resource, [left, right], fields));
  }

  readonly #wanted = (namespace: string | undefined): boolean =>
    namespace === undefined || this.#options.selection.namespace(namespace);

  #selects({ text }: ComparedObject): boolean {
    const { selection } = this.#options;
    return selection.whole || selection.object(this.#resource, JSON.parse(text) as SelectableObject);
  }
}

function keyOf({ namespace, name }: ComparedObject): string {
  return `${namespace ?? ""}/${name}`;
}

function digestOf(object: ComparedObject, sameVersion: boolean): string {
  const text = sameVersion ? object.text : JSON.stringify(stateOf(object, sameVersion));
  return hash("sha256", `${text}\n${JSON.stringify(object.owners)}`, "base64url");
}

/** The object with its owners in the place where people look for them. */
function stateOf({ text, owners }: ComparedObject, sameVersion: boolean): JsonObject {
  const object = parseJson(text) as JsonObject;
  if (!sameVersion) delete object["apiVersion"];
  const metadata = object["metadata"];
  if (owners.length > 0 && isJsonObject(metadata)) metadata["ownerReferences"] = owners;
  return object;
}

function onOneSide(change: Change, resource: Resource, object: ComparedObject): FoundDifference {
  return {
    ...headOf(resource, object),
    change,
    fields: [],
    object: shownObject(resource.kind, stateOf(object, true)),
    owners: object.owners,
  };
}

function changed(
  resource: Resource,
  [left, right]: readonly [ComparedObject, ComparedObject],
  fields: FieldDifference[],
): FoundDifference {
  return { ...headOf(resource, left), change: "changed", fields, owners: [...left.owners, ...right.owners] };
}

function headOf(
  resource: Resource,
  { namespace, name }: ComparedObject,
): Pick<ObjectDifference, "apiVersion" | "kind" | "resource" | "namespace" | "name"> {
  return {
    apiVersion: apiVersion(resource),
    kind: resource.kind,
    resource: resourceName(resource),
    namespace: namespace ?? null,
    name,
  };
}
