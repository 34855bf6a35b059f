import { isJsonObject, parseJson } from "../../kubernetes/json.ts";
import { formatYaml } from "../../print/yaml.ts";
import { visible } from "./visible-text.ts";

/** Whether a value is shown in lines of its own. */
export function isLong(value: unknown): boolean {
  if (typeof value === "string") return value.trimEnd().includes("\n");
  return (isJsonObject(value) || Array.isArray(value)) && Object.keys(value).length > 0;
}

/** A value as YAML has it: `3` is a number and `"3"` a text. */
export function valueText(value: unknown): string {
  // A text of several lines on one line, with its line breaks to be seen.
  if (typeof value === "string" && value.includes("\n")) return visible(JSON.stringify(value));
  return visible(formatYaml(value).trimEnd());
}

/** A value's lines: a text as it is, all else as YAML. */
export function valueLines(value: unknown): string[] {
  const text = typeof value === "string" ? value : formatYaml(value);
  return visible(text.replace(/\n$/, "")).split("\n");
}

/** JSON in a text, written so that its lines can be compared; undefined where there is no object or list in it. */
export function prettyJson(value: unknown): string | undefined {
  if (typeof value !== "string" || !/^\s*[[{]/.test(value)) return undefined;
  try {
    return `${JSON.stringify(parseJson(value), undefined, 2)}\n`;
  } catch {
    return undefined;
  }
}
