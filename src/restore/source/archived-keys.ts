import type { Archive } from "../../archive/reader.ts";
import { compareKeyTexts, KeyOrder, keyText } from "../../kubernetes/object-order.ts";
import type { ObjectKey } from "../../kubernetes/resource.ts";
import type { NamespaceMapping } from "./namespace-mapping.ts";

/** Whose keys are read. */
export interface ArchivedKeysOptions {
  archive: Archive;
  /** Name of the resource, `deployments.apps`. */
  resource: string;
  /** Namespaces by names of the backup. */
  namespaces: ReadonlySet<string>;
  namespaceMapping: NamespaceMapping;
}

/** The keys of all objects of a namespaced resource in some namespaces of an archive, by names of the cluster. */
export interface ArchivedKeys {
  has(key: ObjectKey): Promise<boolean>;
}

/** The keys in memory, for any order. */
export async function readArchivedKeys(
  options: ArchivedKeysOptions,
  signal: AbortSignal,
): Promise<ArchivedKeys> {
  const keys = new Set<string>();
  for await (const key of keysOf(options, signal)) keys.add(key);
  return { has: async (key) => keys.has(keyText(key)) };
}

/** The keys beside a list of the cluster, both in the order of keys: only one is in memory. */
export class ArchivedKeysInOrder implements ArchivedKeys {
  readonly #keys: AsyncGenerator<string>;
  readonly #order: KeyOrder;
  #key: string | undefined;
  #begun = false;

  constructor(options: ArchivedKeysOptions, signal: AbortSignal) {
    this.#keys = keysOf(options, signal);
    this.#order = new KeyOrder(`${options.archive.name}'s list of ${options.resource}`);
  }

  /**
   * @param key comes after the one before.
   * @throws {OutOfOrderError} where the archive's keys come in another order.
   */
  async has(key: ObjectKey): Promise<boolean> {
    const wanted = keyText(key);
    if (!this.#begun) await this.#advance();
    while (this.#key !== undefined && compareKeyTexts(this.#key, wanted) < 0) await this.#advance();
    return this.#key === wanted;
  }

  /**
   * Reads the rest: only then all answers were right.
   *
   * @throws {OutOfOrderError} where the archive's keys come in another order.
   */
  async finish(): Promise<void> {
    while (!this.#begun || this.#key !== undefined) await this.#advance();
  }

  /** Ends the reading. */
  async close(): Promise<void> {
    await this.#keys.return(undefined);
  }

  async #advance(): Promise<void> {
    this.#begun = true;
    const { done, value } = await this.#keys.next();
    this.#key = done === true ? undefined : value;
    if (this.#key !== undefined) this.#order.check(this.#key);
  }
}

async function* keysOf(
  { archive, resource, namespaces, namespaceMapping }: ArchivedKeysOptions,
  signal: AbortSignal,
): AsyncGenerator<string> {
  const inCluster = (name: string) => namespaceMapping.get(name) ?? name;
  const isWanted = (name: string | undefined) => name !== undefined && namespaces.has(name);
  for (const file of archive.files.objectsOf(resource).where(isWanted).orderedBy(inCluster)) {
    const namespace = file.namespace === undefined ? undefined : inCluster(file.namespace);
    for await (const text of archive.objects(file, signal))
      yield keyText({ namespace, name: (JSON.parse(text) as { metadata: { name: string } }).metadata.name });
  }
}
