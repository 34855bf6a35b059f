import { OperatorError } from "../errors.ts";
import type { JsonObject } from "../kubernetes/json.ts";
import type { Resource } from "../kubernetes/resource.ts";
import { customCells, formatCustomColumns } from "./custom-columns.ts";
import { fillTemplate } from "./jsonpath/jsonpath-template.ts";
import { JsonPathError } from "./jsonpath/parse-jsonpath.ts";
import { formatJson, formatYamlObject, JSON_LIST, type ListText, YAML_LIST } from "./list-format.ts";
import { kindName, ObjectTable, type ObjectTableOptions } from "./object-table.ts";
import type { CustomColumn, OutputFormat } from "./output-format.ts";

/** Writes objects one by one in the requested format. */
export interface ObjectWriter {
  /** Adds an object. All objects of one resource must be added in sequence. */
  add(resource: Resource, object: JsonObject): void;
  /** Writes the rest of the document. */
  end(): void;
}

/** Options of {@link createObjectWriter}. */
export interface ObjectWriterOptions extends Omit<ObjectTableOptions, "wide"> {
  /** Whether one object was requested by name. A single object is not wrapped in a `List`. */
  single: boolean;
  /** Writes part of a document, exactly. */
  document: (text: string) => void;
  /** Writes lines for people. */
  lines: (lines: readonly string[]) => void;
}

/** Creates a writer. Formats that allow it are written object by object, to keep memory low. */
export function createObjectWriter(format: OutputFormat, options: ObjectWriterOptions): ObjectWriter {
  switch (format.kind) {
    case "table":
      return tables(options, format.wide);
    case "name":
      return {
        add: (resource, object) => options.lines([`${kindName(resource)}/${nameOf(object)}`]),
        end() {},
      };
    case "yaml":
      return options.single ? each(options, formatYamlObject) : list(YAML_LIST, options);
    case "json":
      return options.single ? each(options, (object) => `${formatJson(object)}\n`) : list(JSON_LIST, options);
    case "jsonpath":
      return fillAtEnd(format, options);
    case "custom-columns":
      return customColumns(format.columns, options);
  }
}

function each({ document }: ObjectWriterOptions, text: (object: JsonObject) => string): ObjectWriter {
  return { add: (_resource, object) => document(text(object)), end() {} };
}

function list(text: ListText, { document }: ObjectWriterOptions): ObjectWriter {
  let empty = true;
  const begin = () => document(text.start);
  return {
    add(_resource, object) {
      if (empty) begin();
      document(text.item(object, empty));
      empty = false;
    },
    end() {
      if (empty) begin();
      document(text.end(empty));
    },
  };
}

/** A table for each resource, separated by an empty line. */
function tables(options: ObjectWriterOptions, wide: boolean): ObjectWriter {
  let table: ObjectTable | undefined;
  let written = 0;
  const flush = () => {
    if (table !== undefined) options.lines([...(written > 0 ? [""] : []), ...table.format()]);
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

/** A template reads all objects at once, so all objects are in memory. */
function fillAtEnd(
  { template, parts }: OutputFormat & { kind: "jsonpath" },
  { single, document }: ObjectWriterOptions,
): ObjectWriter {
  const items: JsonObject[] = [];
  return {
    add: (_resource, object) => void items.push(object),
    end: () => {
      if (single && items.length === 0) return;
      const all = { apiVersion: "v1", items, kind: "List", metadata: { resourceVersion: "" } };
      document(explainMismatch(template, () => fillTemplate(parts, single ? items[0] : all)));
    },
  };
}

function customColumns(
  columns: readonly CustomColumn[],
  { lines, titles, single }: ObjectWriterOptions,
): ObjectWriter {
  const rows: string[][] = [];
  const spec = columns.map(({ title }) => title).join(",");
  return {
    add: (_resource, object) => void rows.push(explainMismatch(spec, () => customCells(columns, object))),
    end: () => {
      if (rows.length > 0 || (titles && !single)) lines(formatCustomColumns(columns, rows, { titles }));
    },
  };
}

/** Reports which template does not match. The message contains no value of an object. */
function explainMismatch<T>(template: string, fill: () => T): T {
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
