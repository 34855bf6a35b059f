import { compareKeyTexts, keyText, sortByNamespace } from "../../kubernetes/object-order.ts";
import type { FileRecords } from "./file-records.ts";
import type { ManifestFile } from "./manifest.ts";

/**
 * Files of objects of one resource, in the order in which an API server lists the objects: by namespace, and those of one
 * namespace in the order of the manifest. Each is made when it is asked for.
 */
export class ObjectFiles implements Iterable<ManifestFile> {
  readonly #records: FileRecords;
  readonly #numbers: Uint32Array;

  private constructor(records: FileRecords, numbers: Uint32Array) {
    this.#records = records;
    this.#numbers = numbers;
  }

  /**
   * Sorts files of one resource.
   *
   * @param numbers those of the files, in the order of the manifest.
   */
  static of(records: FileRecords, numbers: readonly number[]): ObjectFiles {
    return new ObjectFiles(
      records,
      Uint32Array.from(inOrder(numbers, (number) => records.namespace(number))),
    );
  }

  /** Number of files. */
  get length(): number {
    return this.#numbers.length;
  }

  /** How many objects they have, as the manifest says. */
  get objects(): number {
    return this.#numbers.reduce((sum, number) => sum + this.#records.objects(number), 0);
  }

  /** The files. */
  *[Symbol.iterator](): Generator<ManifestFile> {
    for (const number of this.#numbers) yield this.#records.file(number);
  }

  /** The files in the order of other names of their namespaces. */
  *orderedBy(nameOf: (namespace: string) => string): Generator<ManifestFile> {
    const namespaceOf = (number: number) => {
      const namespace = this.#records.namespace(number);
      return namespace === undefined ? undefined : nameOf(namespace);
    };
    for (const number of inOrder(this.#numbers, namespaceOf)) yield this.#records.file(number);
  }

  /** The files of a namespace, or of cluster-scoped objects. */
  in(namespace: string | undefined): ObjectFiles {
    const wanted = orderKey(namespace);
    const first = this.#firstWhere((key) => compareKeyTexts(key, wanted) >= 0);
    const end = this.#firstWhere((key) => compareKeyTexts(key, wanted) > 0);
    return new ObjectFiles(this.#records, this.#numbers.subarray(first, end));
  }

  /** The files of some namespaces; of cluster-scoped objects, the namespace is undefined. */
  where(wanted: (namespace: string | undefined) => boolean): ObjectFiles {
    return new ObjectFiles(
      this.#records,
      this.#numbers.filter((number) => wanted(this.#records.namespace(number))),
    );
  }

  /** The files by what is made of their namespace. */
  groupedBy<K>(keyOf: (namespace: string | undefined) => K): Map<K, ObjectFiles> {
    const groups = Map.groupBy(this.#numbers, (number) => keyOf(this.#records.namespace(number)));
    return new Map(
      [...groups].map(([key, numbers]) => [key, new ObjectFiles(this.#records, Uint32Array.from(numbers))]),
    );
  }

  /** Namespaces that have several of the files, undefined for cluster-scoped objects. */
  inSeveral(): Set<string | undefined> {
    const found = new Set<string | undefined>();
    let last: string | undefined;
    for (const [index, number] of this.#numbers.entries()) {
      const namespace = this.#records.namespace(number);
      if (index > 0 && namespace === last) found.add(namespace);
      last = namespace;
    }
    return found;
  }

  /** The first index whose key is beyond what is looked for, by halves. */
  #firstWhere(isBeyond: (key: string) => boolean): number {
    let [low, high] = [0, this.#numbers.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (isBeyond(orderKey(this.#records.namespace(this.#numbers[middle] ?? 0)))) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}

/** Sorts numbers of files by the namespaces that are given; those that are in order, as most are, stay as they are. */
function inOrder<N extends Iterable<number>>(
  numbers: N & { toSorted?: unknown },
  namespaceOf: (number: number) => string | undefined,
): N | number[] {
  let last: string | undefined;
  for (const number of numbers) {
    const key = orderKey(namespaceOf(number));
    if (last !== undefined && compareKeyTexts(last, key) > 0)
      return sortByNamespace([...numbers], namespaceOf);
    last = key;
  }
  return numbers;
}

function orderKey(namespace: string | undefined): string {
  return keyText({ namespace, name: "" });
}
