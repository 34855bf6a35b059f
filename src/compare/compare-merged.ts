import { compareKeyTexts, KeyOrder, keyText } from "../kubernetes/object-order.ts";
import { type Resource, resourceName } from "../kubernetes/resource.ts";
import type { ComparedResource, ResourceComparison } from "./compare-resource.ts";
import type { ComparedObject, ComparedSide, ExcludedObject } from "./compared-side.ts";
import { type DifferenceWithOwners, differenceOf, onOneSide } from "./object-difference.ts";

/**
 * Compares all objects of a resource whose sides both come in the order of keys: no more than one object of each side is
 * kept, besides the differences.
 *
 * @throws {OutOfOrderError} where a side comes in another order.
 */
export async function compareMerged(
  comparison: ResourceComparison,
  signal: AbortSignal,
): Promise<ComparedResource> {
  const { resources, selects, pauses } = comparison;
  const left = new SideInOrder(comparison, { side: comparison.left, resource: resources.left }, signal);
  const right = new SideInOrder(comparison, { side: comparison.right, resource: resources.right }, signal);
  const compared: ComparedResource = { differences: [], alike: 0 };
  for await (const { before, after } of pairsOf(left, right)) {
    // What a label leaves out on one side is not compared with anything.
    if (isExcluded(before) || isExcluded(after)) continue;
    const states = [before, after].filter((state) => state !== undefined);
    if (!states.some(selects)) continue;
    const difference = differenceBetween(comparison, before, after);
    if (difference === undefined) compared.alike += 1;
    else {
      compared.differences.push(difference);
      await pauses.pause(signal);
    }
  }
  return compared;
}

type SideObject = ComparedObject | ExcludedObject;

/** The objects of both sides in order; undefined where a side lacks the object. */
async function* pairsOf(
  left: SideInOrder,
  right: SideInOrder,
): AsyncGenerator<{ before: SideObject | undefined; after: SideObject | undefined }> {
  try {
    await Promise.all([left.advance(), right.advance()]);
    while (left.head !== undefined || right.head !== undefined) {
      const order = compareHeads(left, right);
      const before = order <= 0 ? left.head : undefined;
      const after = order >= 0 ? right.head : undefined;
      yield { before, after };
      if (before !== undefined) await left.advance();
      if (after !== undefined) await right.advance();
    }
  } finally {
    await Promise.all([left.close(), right.close()]);
  }
}

/** How an object differs on the two sides, of which one at most lacks it; undefined where it does not. */
function differenceBetween(
  { resource, sameVersion }: ResourceComparison,
  before: ComparedObject | undefined,
  after: ComparedObject | undefined,
): DifferenceWithOwners | undefined {
  if (before === undefined) return after === undefined ? undefined : onOneSide("added", resource, after);
  if (after === undefined) return onOneSide("removed", resource, before);
  if (isSameText(before, after, sameVersion)) return undefined;
  return differenceOf(resource, [before, after], { sameVersion });
}

/** The objects of one side, one after another. */
class SideInOrder {
  readonly #objects: AsyncIterator<SideObject> | undefined;
  readonly #order: KeyOrder;
  readonly #onObject: (() => void) | undefined;
  /** The object that is next; undefined at the end. */
  head: SideObject | undefined;
  /** The key of the object that is next. */
  key = "";

  constructor(
    { wanted, onObject }: ResourceComparison,
    { side, resource }: { side: ComparedSide; resource: Resource | undefined },
    signal: AbortSignal,
  ) {
    this.#order = new KeyOrder(
      `${side.side.name}'s list of ${resource === undefined ? "nothing" : resourceName(resource)}`,
    );
    this.#onObject = onObject;
    if (resource !== undefined)
      this.#objects = side.objects(resource, wanted, signal)[Symbol.asyncIterator]();
  }

  async advance(): Promise<void> {
    const next = await this.#objects?.next();
    this.head = next?.done === true ? undefined : next?.value;
    if (this.head === undefined) return;
    this.key = keyText(this.head);
    this.#order.check(this.key);
    this.#onObject?.();
  }

  async close(): Promise<void> {
    await this.#objects?.return?.();
  }
}

/** Which side's object comes first; 0 where both are the same object. A side at its end comes last. */
function compareHeads(left: SideInOrder, right: SideInOrder): number {
  if (left.head === undefined || right.head === undefined) return left.head === undefined ? 1 : -1;
  return compareKeyTexts(left.key, right.key);
}

function isExcluded(object: SideObject | undefined): object is ExcludedObject {
  return object !== undefined && "excluded" in object;
}

/** Whether the texts and the owners are equal, byte for byte. */
function isSameText(left: ComparedObject, right: ComparedObject, sameVersion: boolean): boolean {
  return (
    sameVersion && left.text === right.text && JSON.stringify(left.owners) === JSON.stringify(right.owners)
  );
}
