import { Document, type Scalar, type ScalarTag, type SchemaOptions } from "yaml";
import { literal, quoted, stringStyle } from "./yaml-string.ts";

/** Strings in the style that every parser reads alike. */
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

/** Numbers that JavaScript cannot represent, with their original digits. */
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
 * Formats a value as YAML, with unindented sequences, as kubectl does. Parsers of YAML 1.1 and 1.2 read the same
 * value. Numbers keep all digits.
 *
 * @returns the lines with a final newline.
 */
export function formatYaml(value: unknown): string {
  const document = new Document(value, { ...SCHEMA, aliasDuplicateObjects: false });
  return document.toString({ lineWidth: 0, indentSeq: false });
}

/** Formats an element of a top-level sequence: `- ` and the lines of the value. */
export function formatYamlItem(value: unknown): string {
  return formatYaml([value]);
}

// TypeScript's library lacks `isRawJSON`.
const RAW_JSON = JSON as typeof JSON & { isRawJSON(value: unknown): boolean };

function isRawNumber(value: unknown): boolean {
  return RAW_JSON.isRawJSON(value);
}
