import { formatYaml } from "../../../print/yaml.ts";
import { prettyJson } from "../../text/value-text.ts";

/** A value as YAML, without the line feed at the end. */
export function yamlText(value: unknown): string {
  return formatYaml(value).slice(0, -1);
}

/**
 * The two values of a field as text: strings of several lines as they are, other values as YAML, in which
 * "5" and 5 differ. JSON in a string is formatted on several lines, so that its lines can be compared, unless
 * only the white space of the JSON differs.
 */
export function valueTexts(left: unknown, right: unknown): { left: string; right: string } {
  const pretty = { left: prettyJson(left), right: prettyJson(right) };
  if (pretty.left !== undefined && pretty.right !== undefined && pretty.left !== pretty.right) {
    return { left: pretty.left, right: pretty.right };
  }
  return { left: valueText(left), right: valueText(right) };
}

/** The text of a value without a counterpart. */
export function valueText(value: unknown): string {
  return typeof value === "string" && value.includes("\n") ? value : yamlText(value);
}
