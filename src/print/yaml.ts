import { Document, type Scalar, type ScalarTag, type SchemaOptions } from "yaml";
import { literal, quoted, stringStyle } from "./yaml-string.ts";

/** Texts in the form that no reader mistakes. */
const STRING_TAG: ScalarTag = {
  tag: "tag:yaml.org,2002:str",
  default: true,
  identify: (value) => typeof value === "string",
  resolve: (text) => text,
  stringify: (item, context) => {
    const text = String((item as Scalar).value);
    const style = stringStyle(text, { key: context.implicitKey === true });
    if (style === "plain") return text;
    return style === "quoted" ? quoted(text) : literal(text, context.indent);
  },
};

/** Numbers that JavaScript cannot hold, as they were written. */
const RAW_NUMBER_TAG: ScalarTag = {
  tag: "tag:yaml.org,2002:float",
  default: true,
  identify: (value) => isRawNumber(value),
  resolve: (text) => text,
  stringify: ({ value }) => JSON.stringify(value),
};

const SCHEMA: SchemaOptions = {
  schema: "core",
  customTags: (tags) => [
    RAW_NUMBER_TAG,
    STRING_TAG,
    ...tags.filter((tag) => typeof tag === "string" || tag.tag !== STRING_TAG.tag),
  ],
};

/**
 * Writes a value as YAML, lists not indented, as kubectl does. What is read from it, by a reader of
 * YAML 1.1 or 1.2, is the value again; numbers keep all of their digits.
 *
 * @returns lines, the last one with its end.
 */
export function formatYaml(value: unknown): string {
  const document = new Document(value, { ...SCHEMA, aliasDuplicateObjects: false });
  return document.toString({ lineWidth: 0, indentSeq: false });
}

/** The element of a list that a document holds: `- ` and the value's lines. */
export function formatYamlItem(value: unknown): string {
  return formatYaml([value]);
}

// TypeScript's library does not know it yet.
const RAW_JSON = JSON as typeof JSON & { isRawJSON(value: unknown): boolean };

function isRawNumber(value: unknown): boolean {
  return RAW_JSON.isRawJSON(value);
}
