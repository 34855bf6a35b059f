import type { JsonObject } from "../kubernetes/json.ts";
import { inKeyOrder } from "./key-order.ts";
import { formatYaml, formatYamlItem } from "./yaml.ts";

/**
 * Objects as pieces of one text: a `List` as kubectl writes it, which kubectl takes, or one object by
 * itself. An object is held only while it is written.
 */
export interface ListText {
  /** What comes before the first object. */
  start: string;
  /** One object; `first` is whether none came before it. */
  item(object: JsonObject, first: boolean): string;
  /** What comes after the last one. */
  end(empty: boolean): string;
}

const INDENT = 4;

/** A `List` in YAML. */
export const YAML_LIST: ListText = {
  start: 'apiVersion: v1\nkind: List\nmetadata:\n  resourceVersion: ""\n',
  item: (object, first) => `${first ? "items:\n" : ""}${formatYamlItem(inKeyOrder(object))}`,
  end: (empty) => (empty ? "items: []\n" : ""),
};

/** A `List` in JSON. */
export const JSON_LIST: ListText = {
  start:
    '{\n    "apiVersion": "v1",\n    "kind": "List",\n    "metadata": {\n        "resourceVersion": ""\n    },\n    "items": [',
  item: (object, first) =>
    `${first ? "" : ","}\n${formatJson(object).replaceAll(/^/gm, " ".repeat(2 * INDENT))}`,
  end: (empty) => (empty ? "]\n}\n" : "\n    ]\n}\n"),
};

/** One object, as YAML. */
export function formatYamlObject(object: JsonObject): string {
  return formatYaml(inKeyOrder(object));
}

/** One object, as JSON, without the end of its last line. */
export function formatJson(object: JsonObject): string {
  return JSON.stringify(inKeyOrder(object), undefined, INDENT);
}
