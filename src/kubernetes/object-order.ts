/**
 * The order in which an API server lists the objects of a resource: the order of etcd's keys, bytewise by
 * `NAMESPACE/NAME` as one text. The namespace `a-b` so comes before `a`, since "-" is less than "/". An archive has the
 * objects in the order in which they were listed.
 */

import { Buffer } from "node:buffer";
import type { ObjectKey } from "./resource.ts";

/** UTF-16 orders characters beyond the first 65,536 before some others; UTF-8 orders them last. */
const SURROGATES = /[\uD800-\uDFFF]/;

/** Objects came in another order than that of their keys. */
export class OutOfOrderError extends Error {
  override name = "OutOfOrderError";

  /** @param what what is out of order: `the list of configmaps`. */
  constructor(what: string) {
    super(`${what} is not in the order of namespaces and names`);
  }
}

/** The key of an object as text, `shop/web`; of a cluster-scoped object `/web`. */
export function keyText({ namespace, name }: ObjectKey): string {
  return `${namespace ?? ""}/${name}`;
}

/** Compares two keys of {@link keyText} bytewise, for sorting. */
export function compareKeyTexts(one: string, other: string): number {
  if (one === other) return 0;
  if (SURROGATES.test(one) || SURROGATES.test(other))
    return Buffer.compare(Buffer.from(one), Buffer.from(other));
  return one < other ? -1 : 1;
}

/**
 * Sorts what is of one namespace each, as the files of a resource in an archive, into the order of the objects. What is
 * of the same namespace stays in its order.
 */
export function sortByNamespace<T>(items: readonly T[], namespaceOf: (item: T) => string | undefined): T[] {
  const keyed = items.map((item) => ({ item, key: keyText({ namespace: namespaceOf(item), name: "" }) }));
  return keyed.toSorted((one, other) => compareKeyTexts(one.key, other.key)).map(({ item }) => item);
}

/** Checks that keys come in order, each once. */
export class KeyOrder {
  readonly #what: string;
  readonly #anyOrder: boolean;
  #last: string | undefined;
  #holds = true;

  /**
   * @param what what is checked: `The list of configmaps`.
   * @param anyOrder whether another order is no error.
   */
  constructor(what: string, { anyOrder = false } = {}) {
    this.#what = what;
    this.#anyOrder = anyOrder;
  }

  /** Whether all keys so far came in order. */
  get holds(): boolean {
    return this.#holds;
  }

  /** @throws {OutOfOrderError} where a key does not come after the one before. */
  check(key: string): void {
    if (this.#last !== undefined && compareKeyTexts(this.#last, key) >= 0) this.#holds = false;
    this.#last = key;
    if (!this.#holds && !this.#anyOrder) throw new OutOfOrderError(this.#what);
  }
}
