import { isJsonObject, parseJson } from "../../kubernetes/json.ts";
import { formatYaml } from "../../print/yaml.ts";
import { visibleLine } from "../../words/visible.ts";

/** Whether a value is shown on lines of its own. */
export function isMultiline(value: unknown): boolean {
  if (typeof value === "string") return value.trimEnd().includes("\n");
  return (isJsonObject(value) || Array.isArray(value)) && Object.keys(value).length > 0;
}

/** A value as YAML, in which `3` is a number and `"3"` a string. */
export function valueText(value: unknown): string {
  // A string of several lines is written on one line, with escaped line breaks.
  if (typeof value === "string" && value.includes("\n")) return visibleLine(JSON.stringify(value));
  return visibleLine(formatYaml(value).trimEnd());
}

/** The lines of a value: a string as it is, any other value as YAML. */
export function valueLines(value: unknown): string[] {
  const text = typeof value === "string" ? value : formatYaml(value);
  return text.replace(/\n$/, "").split("\n").map(visibleLine);
}

/** Formats JSON in a string so that its lines can be compared. Undefined unless the string is a JSON object or list. */
export function prettyJson(value: unknown): string | undefined {
  if (typeof value !== "string" || !/^\s*[[{]/.test(value)) return undefined;
  try {
    return `${JSON.stringify(parseJson(value), undefined, 2)}\n`;
  } catch {
    return undefined;
  }
}
