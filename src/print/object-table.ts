import type { JsonObject } from "../kubernetes/json.ts";
import { type Resource, resourceName } from "../kubernetes/resource.ts";
import { formatTable } from "../terminal/table.ts";
import { columnsOf, type ObjectColumn } from "./columns.ts";
import { safeCell } from "./safe-cell.ts";

/** The narrowest that a column is shortened to on a terminal. */
const LEAST = 12;

/** What a table of objects shows beside them. */
export interface ObjectTableOptions {
  wide: boolean;
  /** Whether there is a column with the namespace. */
  namespaces: boolean;
  /** Whether names have their kind before them, `deployment.apps/web`. */
  kinds: boolean;
  /** Whether there is a line of titles. */
  titles: boolean;
  /** Columns of the terminal; undefined where there is none. */
  width: number | undefined;
}

/** A table of objects of one resource, as `kubectl get` has it. It holds what it shows of them alone. */
export class ObjectTable {
  readonly resource: Resource;
  readonly #options: ObjectTableOptions;
  readonly #columns: readonly ObjectColumn[];
  readonly #rows: string[][] = [];

  constructor(resource: Resource, options: ObjectTableOptions) {
    this.resource = resource;
    this.#options = options;
    this.#columns = [
      ...(options.namespaces && resource.namespaced ? [NAMESPACE] : []),
      ...columnsOf(resourceName(resource), options),
    ];
  }

  /** Adds an object. */
  add(object: JsonObject): void {
    this.#rows.push(
      this.#columns.map(({ title, value }) => {
        const prefix = this.#options.kinds && title === "NAME" ? `${kindName(this.resource)}/` : "";
        return safeCell(prefix + value(object));
      }),
    );
  }

  /** The table as lines, without the end of the last one. */
  format(): string {
    const { titles, width } = this.#options;
    // The first columns, which name the object, stay whole.
    const whole = this.#columns[0] === NAMESPACE ? 2 : 1;
    const columns = this.#columns.map(({ title }, index) =>
      index < whole ? { title } : { title, least: LEAST },
    );
    const text = formatTable({ columns, rows: this.#rows, width });
    return titles ? text : text.slice(text.indexOf("\n") + 1);
  }
}

const NAMESPACE: ObjectColumn = {
  title: "NAMESPACE",
  value: (object) => String((object["metadata"] as { namespace?: unknown }).namespace),
};

/** The name that kubectl has for one object's kind: `deployment.apps`, `secret`. */
export function kindName({ group, kind, singular }: Resource): string {
  const name = singular || kind.toLowerCase();
  return group === "" ? name : `${name}.${group}`;
}
