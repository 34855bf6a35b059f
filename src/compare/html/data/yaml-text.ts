import { formatYaml } from "../../../print/yaml.ts";
import { prettyJson } from "../../text/value-text.ts";

/** A value as YAML, without the line feed at its end. */
export function yamlText(value: unknown): string {
  return formatYaml(value).slice(0, -1);
}

/**
 * A field's two values as a person reads them: text of several lines as it is, everything else as
 * YAML, in which "5" and 5 are not the same. JSON inside a text is spread over lines, so that they can
 * be compared; where it differs in its spaces alone, they are what is shown.
 */
export function valueTexts(left: unknown, right: unknown): { left: string; right: string } {
  const pretty = { left: prettyJson(left), right: prettyJson(right) };
  if (pretty.left !== undefined && pretty.right !== undefined && pretty.left !== pretty.right) {
    return { left: pretty.left, right: pretty.right };
  }
  return { left: valueText(left), right: valueText(right) };
}

/** The same for a value that has no other to be compared with. */
export function valueText(value: unknown): string {
  return typeof value === "string" && value.includes("\n") ? value : yamlText(value);
}
