import type { JsonObject } from "../kubernetes/json.ts";
import { visibleJson } from "../words/visible.ts";
import { inKeyOrder } from "./key-order.ts";
import { formatYaml, formatYamlItem } from "./yaml.ts";

/**
 * The pieces of a document of objects: a `List` as kubectl writes and reads it. An object is in memory only while it
 * is written.
 */
export interface ListText {
  start: string;
  /** One object. `first` is true for the first object. */
  item(object: JsonObject, first: boolean): string;
  end(empty: boolean): string;
}

const INDENT = 4;

/** A YAML `List`. */
export const YAML_LIST: ListText = {
  start: 'apiVersion: v1\nkind: List\nmetadata:\n  resourceVersion: ""\n',
  item: (object, first) => `${first ? "items:\n" : ""}${formatYamlItem(inKeyOrder(object))}`,
  end: (empty) => (empty ? "items: []\n" : ""),
};

/** A JSON `List`. */
export const JSON_LIST: ListText = {
  start:
    '{\n    "apiVersion": "v1",\n    "kind": "List",\n    "metadata": {\n        "resourceVersion": ""\n    },\n    "items": [',
  item: (object, first) =>
    `${first ? "" : ","}\n${formatJson(object).replaceAll(/^/gm, " ".repeat(2 * INDENT))}`,
  end: (empty) => (empty ? "]\n}\n" : "\n    ]\n}\n"),
};

/** One object as YAML. */
export function formatYamlObject(object: JsonObject): string {
  return formatYaml(inKeyOrder(object));
}

/** One object as JSON, without a final newline. */
export function formatJson(object: JsonObject): string {
  return visibleJson(JSON.stringify(inKeyOrder(object), undefined, INDENT));
}
