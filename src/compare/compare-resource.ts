import { hash } from "node:crypto";
import { isJsonObject, type JsonObject, parseJson } from "../kubernetes/json.ts";
import type { Owner } from "../kubernetes/owners.ts";
import { apiVersion, isNamespaces, type Resource, resourceName } from "../kubernetes/resource.ts";
import type { SelectableObject, Selection } from "../selection/selection.ts";
import type { ComparedObject, ComparedSide } from "./compared-side.ts";
import type { Change, FieldDifference, ObjectDifference } from "./document.ts";
import { objectChangesOf, shownObject } from "./object-changes.ts";

/** A difference, with the owners that may have caused it. */
export interface DifferenceWithOwners extends ObjectDifference {
  /** The owners of the object on both sides. */
  owners: readonly Owner[];
}

/** The result for the objects of one resource. */
export interface ComparedResource {
  differences: DifferenceWithOwners[];
  alike: number;
}

/** Options of {@link compareResource}. The resource is undefined on a side that lacks it. */
export interface CompareResourceOptions {
  left: ComparedSide;
  right: ComparedSide;
  resources: { left: Resource | undefined; right: Resource | undefined };
  selection: Selection;
  /** Called after each object is read for the first time. */
  onObject?: (() => void) | undefined;
}

/**
 * Compares all objects of a resource, with only digests of equal objects in memory: the left side is
 * read and hashed, the right side is read once, then the differing objects are read again from the left side.
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

/** An object of the left side without an equal object on the right side so far. */
interface LeftObject {
  namespace: string | undefined;
  digest: string;
  /** Whether the selection includes the left state. It may include the right state even if not the left state. */
  selected: boolean;
  /** The right state, if it differs. */
  right?: ComparedObject;
}

class ResourceComparison implements ComparedResource {
  readonly differences: DifferenceWithOwners[] = [];
  alike = 0;
  readonly #options: CompareResourceOptions;
  readonly #resource: Resource;
  /** Whether both sides have the same version. Otherwise, `apiVersion` is not compared. */
  readonly #sameVersion: boolean;
  readonly #undecided = new Map<string, LeftObject>();

  constructor(options: CompareResourceOptions, resource: Resource) {
    this.#options = options;
    this.#resource = resource;
    this.#sameVersion = options.resources.left?.version === options.resources.right?.version;
  }

  async readLeft(resource: Resource, signal: AbortSignal): Promise<void> {
    for await (const object of this.#options.left.objects(resource, this.#namespaceSelected, signal)) {
      if ("excluded" in object) continue;
      this.#options.onObject?.();
      const { namespace } = object;
      const digest = digestOf(object, this.#sameVersion);
      this.#undecided.set(keyOf(object), { namespace, digest, selected: this.#selects(object) });
    }
  }

  async readRight(resource: Resource, signal: AbortSignal): Promise<void> {
    for await (const object of this.#options.right.objects(resource, this.#namespaceSelected, signal)) {
      this.#options.onObject?.();
      const key = keyOf(object);
      if ("excluded" in object) {
        this.#undecided.delete(key);
        continue;
      }
      const left = this.#undecided.get(key);
      const selected = left?.selected === true || this.#selects(object);
      const alike = left?.digest === digestOf(object, this.#sameVersion);
      if (!selected || alike) this.#undecided.delete(key);
      if (!selected) continue;
      if (left === undefined) this.differences.push(onOneSide("added", this.#resource, object));
      else if (alike) this.alike += 1;
      else this.#undecided.set(key, { ...left, selected, right: object });
    }
  }

  /** Reads the remaining objects again: they differ, or exist only on the left side. */
  async readLeftAgain(resource: Resource, signal: AbortSignal): Promise<void> {
    for (const [key, { selected }] of this.#undecided) if (!selected) this.#undecided.delete(key);
    if (this.#undecided.size === 0) return;
    const namespaces = new Set([...this.#undecided.values()].map(({ namespace }) => namespace));
    const wanted = (namespace: string | undefined) => namespaces.has(namespace);
    for await (const object of this.#options.left.objects(resource, wanted, signal)) {
      const left = this.#undecided.get(keyOf(object));
      if (left === undefined || "excluded" in object) continue;
      this.#undecided.delete(keyOf(object));
      if (left.right === undefined) this.differences.push(onOneSide("removed", this.#resource, object));
      else this.#compare(object, left.right);
    }
  }

  #compare(left: ComparedObject, right: ComparedObject): void {
    const states = [stateOf(left, this.#sameVersion), stateOf(right, this.#sameVersion)] as const;
    const fields = objectChangesOf(this.#resource, ...states);
    // The texts differ, but the objects are equal: the order of keys may differ.
    if (fields.length === 0) this.alike += 1;
    else this.differences.push(changed(this.#resource, [left, right], fields));
  }

  readonly #namespaceSelected = (namespace: string | undefined): boolean =>
    namespace === undefined || (this.#options.selection.namespace(namespace) && this.#covered(namespace));

  readonly #covered = (namespace: string): boolean =>
    this.#options.left.covers(namespace) && this.#options.right.covers(namespace);

  #selects({ text, name }: ComparedObject): boolean {
    const { selection } = this.#options;
    if (isNamespaces(this.#resource) && !this.#covered(name)) return false;
    return selection.whole || selection.object(this.#resource, JSON.parse(text) as SelectableObject);
  }
}

function keyOf({ namespace, name }: Pick<ComparedObject, "namespace" | "name">): string {
  return `${namespace ?? ""}/${name}`;
}

function digestOf(object: ComparedObject, sameVersion: boolean): string {
  const text = sameVersion ? object.text : JSON.stringify(stateOf(object, sameVersion));
  return hash("sha256", `${text}\n${JSON.stringify(object.owners)}`, "base64url");
}

/** The object with its owners in `metadata.ownerReferences`. */
function stateOf({ text, owners }: ComparedObject, sameVersion: boolean): JsonObject {
  const object = parseJson(text) as JsonObject;
  if (!sameVersion) delete object["apiVersion"];
  const metadata = object["metadata"];
  if (owners.length > 0 && isJsonObject(metadata)) metadata["ownerReferences"] = owners;
  return object;
}

function onOneSide(change: Change, resource: Resource, object: ComparedObject): DifferenceWithOwners {
  return {
    ...identityOf(resource, object),
    change,
    fields: [],
    object: shownObject(resource, stateOf(object, true)),
    owners: object.owners,
  };
}

function changed(
  resource: Resource,
  [left, right]: readonly [ComparedObject, ComparedObject],
  fields: FieldDifference[],
): DifferenceWithOwners {
  return {
    ...identityOf(resource, left),
    change: "changed",
    fields,
    owners: [...left.owners, ...right.owners],
  };
}

function identityOf(
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
