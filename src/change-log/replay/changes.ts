import { compareKeyTexts, keyText } from "../../kubernetes/object-order.ts";
import type { ChangeRecord } from "../format/change-record.ts";

/** The last change of each object since a base. */
export class Changes {
  readonly #byResource = new Map<string, Map<string, ChangeRecord>>();
  #revision: string | undefined;

  /** Takes a change; changes come in order. */
  add(record: ChangeRecord): void {
    const { resource, namespace, name, revision } = record;
    let ofResource = this.#byResource.get(resource);
    if (ofResource === undefined) {
      ofResource = new Map();
      this.#byResource.set(resource, ofResource);
    }
    ofResource.set(keyText({ namespace, name }), record);
    this.#revision = revision;
  }

  /** The resource version of the last change; undefined where there is none. */
  get revision(): string | undefined {
    return this.#revision;
  }

  /** Number of objects that have changed. */
  get count(): number {
    return [...this.#byResource.values()].reduce((sum, { size }) => sum + size, 0);
  }

  /** The changes of a resource, in the order in which an API server lists its objects. */
  of(resource: string): { key: string; record: ChangeRecord }[] {
    return [...(this.#byResource.get(resource) ?? [])]
      .map(([key, record]) => ({ key, record }))
      .sort((one, other) => compareKeyTexts(one.key, other.key));
  }

  /** The names of the resources with changes. */
  resources(): Iterable<string> {
    return this.#byResource.keys();
  }
}
