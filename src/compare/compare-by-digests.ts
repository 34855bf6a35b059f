import { hash } from "node:crypto";
import { keyText } from "../kubernetes/object-order.ts";
import type { Resource } from "../kubernetes/resource.ts";
import type { ComparedResource, ResourceComparison } from "./compare-resource.ts";
import type { ComparedObject } from "./compared-side.ts";
import { type DifferenceWithOwners, differenceOf, onOneSide, stateOf } from "./object-difference.ts";

/**
 * Compares all objects of a resource in any order, with only digests of equal objects in memory: the left side is
 * read and hashed, the right side is read once, then the differing objects are read again from the left side.
 */
export async function compareByDigests(
  comparison: ResourceComparison,
  signal: AbortSignal,
): Promise<ComparedResource> {
  const { left, right } = comparison.resources;
  const compared = new DigestComparison(comparison);
  if (left !== undefined) await compared.readLeft(left, signal);
  if (right !== undefined) await compared.readRight(right, signal);
  if (left !== undefined) await compared.readLeftAgain(left, signal);
  return compared;
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

class DigestComparison implements ComparedResource {
  readonly differences: DifferenceWithOwners[] = [];
  alike = 0;
  readonly #comparison: ResourceComparison;
  readonly #undecided = new Map<string, LeftObject>();

  constructor(comparison: ResourceComparison) {
    this.#comparison = comparison;
  }

  async readLeft(resource: Resource, signal: AbortSignal): Promise<void> {
    const { left, wanted, sameVersion, selects, onObject } = this.#comparison;
    for await (const object of left.objects(resource, wanted, signal)) {
      if ("excluded" in object) continue;
      onObject?.();
      const { namespace } = object;
      const digest = digestOf(object, sameVersion);
      this.#undecided.set(keyText(object), { namespace, digest, selected: selects(object) });
    }
  }

  async readRight(resource: Resource, signal: AbortSignal): Promise<void> {
    const { right, wanted, sameVersion, selects, onObject } = this.#comparison;
    for await (const object of right.objects(resource, wanted, signal)) {
      onObject?.();
      const key = keyText(object);
      if ("excluded" in object) {
        this.#undecided.delete(key);
        continue;
      }
      const left = this.#undecided.get(key);
      const selected = left?.selected === true || selects(object);
      const alike = left?.digest === digestOf(object, sameVersion);
      if (!selected || alike) this.#undecided.delete(key);
      if (!selected) continue;
      if (left === undefined) this.differences.push(onOneSide("added", this.#comparison.resource, object));
      else if (alike) this.alike += 1;
      // The text is kept beyond the page that it was read from.
      else this.#undecided.set(key, { ...left, selected, right: { ...object, text: object.text } });
    }
  }

  /** Reads the remaining objects again: they differ, or exist only on the left side. */
  async readLeftAgain(resource: Resource, signal: AbortSignal): Promise<void> {
    for (const [key, { selected }] of this.#undecided) if (!selected) this.#undecided.delete(key);
    if (this.#undecided.size === 0) return;
    const namespaces = new Set([...this.#undecided.values()].map(({ namespace }) => namespace));
    const wanted = (namespace: string | undefined) => namespaces.has(namespace);
    const { pauses } = this.#comparison;
    for await (const object of this.#comparison.left.objects(resource, wanted, signal)) {
      const left = this.#undecided.get(keyText(object));
      if (left === undefined || "excluded" in object) continue;
      this.#undecided.delete(keyText(object));
      if (left.right === undefined)
        this.differences.push(onOneSide("removed", this.#comparison.resource, object));
      else this.#compare(object, left.right);
      await pauses.pause(signal);
    }
  }

  #compare(left: ComparedObject, right: ComparedObject): void {
    const difference = differenceOf(this.#comparison.resource, [left, right], this.#comparison);
    if (difference === undefined) this.alike += 1;
    else this.differences.push(difference);
  }
}

function digestOf(object: ComparedObject, sameVersion: boolean): string {
  const text = sameVersion ? object.text : JSON.stringify(stateOf(object, sameVersion));
  return hash("sha256", `${text}\n${JSON.stringify(object.owners)}`, "base64url");
}
