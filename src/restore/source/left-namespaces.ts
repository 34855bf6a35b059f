import { type GroupResource, type ObjectKey, resourceName } from "../../kubernetes/resource.ts";
import { amount } from "../../words/amount.ts";
import { someNames } from "../../words/some-names.ts";

/** Notes of fields beyond this number are counted only: every key of a ConfigMap is a field of its own. */
const MAX_NOTES = 20;

/** Collects the objects that still name a namespace which is restored under another name. */
export class LeftNamespaces {
  /** Titles of the objects by resource and field. A resource is read several times where objects wait. */
  readonly #objects = new Map<string, Set<string>>();

  /** Adds an object with the paths of its fields. */
  add(resource: GroupResource, { namespace, name }: ObjectKey, paths: readonly string[]): void {
    for (const path of paths) {
      const field = `${resourceName(resource)} in ${path}`;
      const titles = this.#objects.get(field) ?? new Set();
      this.#objects.set(field, titles.add(namespace === undefined ? name : `${namespace}/${name}`));
    }
  }

  /** One sentence for each resource and field. They hold names of objects, and no values. */
  notes(): string[] {
    const fields = [...this.#objects];
    const notes = fields.slice(0, MAX_NOTES).map(([field, titles]) => {
      const count = amount(titles.size, "object");
      return `A namespace keeps its old name in ${count} of ${field} (${someNames([...titles])}): change it by hand where it means the namespace`;
    });
    const more = fields.length - notes.length;
    return more === 0 ? notes : [...notes, `A namespace keeps its old name in ${more} more fields`];
  }
}
