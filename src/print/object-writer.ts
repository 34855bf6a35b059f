import { OperatorError } from "../errors.ts";
import type { JsonObject } from "../kubernetes/json.ts";
import type { Resource } from "../kubernetes/resource.ts";
import { customCells, formatCustomColumns } from "./custom-columns.ts";
import { fillTemplate } from "./jsonpath/jsonpath-template.ts";
import { JsonPathError } from "./jsonpath/parse-jsonpath.ts";
import { formatJson, formatYamlObject, JSON_LIST, type ListText, YAML_LIST } from "./list-format.ts";
import { kindName, ObjectTable, type ObjectTableOptions } from "./object-table.ts";
import type { CustomColumn, OutputFormat } from "./output-format.ts";

/** Writes objects, one after the other, in the form that was asked for. */
export interface ObjectWriter {
  /** Adds an object. Those of a resource come together. */
  add(resource: Resource, object: JsonObject): void;
  /** Writes what is left when there are no more. */
  end(): void;
}

/** Options of {@link createObjectWriter}. */
export interface ObjectWriterOptions extends Omit<ObjectTableOptions, "wide"> {
  /** Whether one object was asked for by its name: it is written by itself and not in a `List`. */
  single: boolean;
  write: (text: string) => void;
}

/** Makes a writer. What can be written object by object is, so that nothing holds them all. */
export function createObjectWriter(format: OutputFormat, options: ObjectWriterOptions): ObjectWriter {
  switch (format.kind) {
    case "table":
      return tables(options, format.wide);
    case "name":
      return each(options, (resource, object) => `${kindName(resource)}/${nameOf(object)}\n`);
    case "yaml":
      return options.single
        ? each(options, (_, object) => formatYamlObject(object))
        : list(YAML_LIST, options);
    case "json":
      return options.single
        ? each(options, (_, object) => `${formatJson(object)}\n`)
        : list(JSON_LIST, options);
    case "jsonpath":
      return filled(format, options);
    case "custom-columns":
      return customColumns(format.columns, options);
  }
}

function each(
  { write }: ObjectWriterOptions,
  text: (resource: Resource, object: JsonObject) => string,
): ObjectWriter {
  return { add: (resource, object) => write(text(resource, object)), end() {} };
}

function list(text: ListText, { write }: ObjectWriterOptions): ObjectWriter {
  let empty = true;
  const begin = () => write(text.start);
  return {
    add(_resource, object) {
      if (empty) begin();
      write(text.item(object, empty));
      empty = false;
    },
    end() {
      if (empty) begin();
      write(text.end(empty));
    },
  };
}

/** A table for each resource, with an empty line between two. */
function tables(options: ObjectWriterOptions, wide: boolean): ObjectWriter {
  let table: ObjectTable | undefined;
  let written = 0;
  const flush = () => {
    if (table !== undefined) options.write(`${written > 0 ? "\n" : ""}${table.format()}\n`);
    written += 1;
  };
  return {
    add(resource, object) {
      if (table?.resource !== resource) {
        if (table !== undefined) flush();
        table = new ObjectTable(resource, { ...options, wide });
      }
      table.add(object);
    },
    end: () => flush(),
  };
}

/** A template looks at all objects at once, so they are held. */
function filled(
  { template, parts }: OutputFormat & { kind: "jsonpath" },
  { single, write }: ObjectWriterOptions,
): ObjectWriter {
  const items: JsonObject[] = [];
  return {
    add: (_resource, object) => void items.push(object),
    end: () => {
      if (single && items.length === 0) return;
      const all = { apiVersion: "v1", items, kind: "List", metadata: { resourceVersion: "" } };
      write(readable(template, () => fillTemplate(parts, single ? items[0] : all)));
    },
  };
}

function customColumns(
  columns: readonly CustomColumn[],
  { write, titles, single }: ObjectWriterOptions,
): ObjectWriter {
  const rows: string[][] = [];
  const spec = columns.map(({ title }) => title).join(",");
  return {
    add: (_resource, object) => void rows.push(readable(spec, () => customCells(columns, object))),
    end: () => {
      if (rows.length > 0 || (titles && !single))
        write(`${formatCustomColumns(columns, rows, { titles })}\n`);
    },
  };
}

/** Says which template does not fit the objects; what they hold is not told. */
function readable<T>(template: string, fill: () => T): T {
  try {
    return fill();
  } catch (error) {
    if (!(error instanceof JsonPathError)) throw error;
    throw new OperatorError(`Cannot fill in ${JSON.stringify(template)}: ${error.message}`, { cause: error });
  }
}

function nameOf(object: JsonObject): string {
  return String((object["metadata"] as { name?: unknown }).name);
}
