import type { JsonObject } from "../kubernetes/json.ts";
import { type Resource, resourceName } from "../kubernetes/resource.ts";
import { formatTable } from "../terminal/table.ts";
import { columnsOf, type ObjectColumn } from "./columns.ts";

/** The width in columns below which a column is not shortened. */
const MIN_WIDTH = 12;

/** Options of {@link ObjectTable}. */
export interface ObjectTableOptions {
  wide: boolean;
  /** Whether to show the namespace column. */
  namespaces: boolean;
  /** Whether to prefix names with the kind, `deployment.apps/web`. */
  kinds: boolean;
  /** Labels that have a column each; none by default. */
  labelColumns?: readonly string[] | undefined;
  /** Whether all labels have a column. */
  showLabels?: boolean | undefined;
  titles: boolean;
  /** Width of the terminal in columns; undefined without a terminal. */
  width: number | undefined;
}

/** The table of the objects of one resource, as in `kubectl get`. Keeps the cells, not the objects. */
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
      ...(options.labelColumns ?? []).map(labelColumn),
      ...(options.showLabels === true ? [LABELS] : []),
    ];
  }

  add(object: JsonObject): void {
    this.#rows.push(
      this.#columns.map(({ title, value }) => {
        const prefix = this.#options.kinds && title === "NAME" ? `${kindName(this.resource)}/` : "";
        return prefix + value(object);
      }),
    );
  }

  /** The lines of the table. */
  format(): string[] {
    const { titles, width } = this.#options;
    // The namespace and the name are never shortened.
    const unshortened = this.#columns[0] === NAMESPACE ? 2 : 1;
    const columns = this.#columns.map(({ title }, index) =>
      index < unshortened ? { title } : { title, minWidth: MIN_WIDTH },
    );
    const lines = formatTable({ columns, rows: this.#rows, width });
    return titles ? lines : lines.slice(1);
  }
}

const NAMESPACE: ObjectColumn = {
  title: "NAMESPACE",
  value: (object) => String((object["metadata"] as { namespace?: unknown }).namespace),
};

const LABELS: ObjectColumn = {
  title: "LABELS",
  value: (object) => {
    const labels = Object.entries(labelsOf(object)).sort(([one], [other]) => (one < other ? -1 : 1));
    return labels.map(([key, value]) => `${key}=${value}`).join(",") || "<none>";
  },
};

/** The column of a label, under the last part of its key, as kubectl has it. */
function labelColumn(key: string): ObjectColumn {
  const title = (key.split("/").at(-1) ?? key).toUpperCase();
  return { title, value: (object) => String(labelsOf(object)[key] ?? "<none>") };
}

function labelsOf(object: JsonObject): Record<string, unknown> {
  return (object["metadata"] as { labels?: Record<string, unknown> }).labels ?? {};
}

/** kubectl's name for one object of a kind: `deployment.apps`, `secret`. */
export function kindName({ group, kind, singular }: Resource): string {
  const name = singular || kind.toLowerCase();
  return group === "" ? name : `${name}.${group}`;
}
