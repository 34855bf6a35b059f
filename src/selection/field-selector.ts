import { UsageError } from "../errors.ts";

/** Whether an object matches a field selector. */
export type FieldMatcher = (object: unknown) => boolean;

/** The parts between commas. A backslash escapes a comma. */
const PARTS = /(?:[^\\,]|\\.)+|(?<=,|^)(?=,|$)/gs;
const REQUIREMENT =
  /^([A-Za-z][A-Za-z0-9]*(?:\.[A-Za-z][A-Za-z0-9]*)*)\s*(==|=|!=)\s*((?:[^\\=,]|\\[\\=,])*)$/s;

/**
 * Parses a field selector as kubectl does: `metadata.name=web,type!=Opaque`. An API server supports only a few
 * fields of each kind. In a backup, every string, number or boolean field is supported, and a missing field
 * counts as empty. In a value, a backslash escapes a comma, an equals sign or a backslash.
 *
 * https://kubernetes.io/docs/concepts/overview/working-with-objects/field-selectors/
 *
 * @throws {UsageError} when the text is not a field selector.
 */
export function parseFieldSelector(text: string): FieldMatcher {
  const matchers = (text.match(PARTS) ?? [""]).map((part): FieldMatcher => {
    const [, path, operator, escaped = ""] = REQUIREMENT.exec(part.trim()) ?? [];
    if (path === undefined) {
      throw new UsageError([
        `--field-selector "${text}" is no field selector: write for example metadata.name=web,type!=Opaque`,
      ]);
    }
    const steps = path.split(".");
    const value = escaped.replace(/\\(.)/gs, "$1");
    return (object) => (valueAt(object, steps) === value) === (operator !== "!=");
  });
  return (object) => matchers.every((matches) => matches(object));
}

function valueAt(object: unknown, steps: readonly string[]): string {
  let value = object;
  for (const step of steps) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, step)) return "";
    value = (value as Record<string, unknown>)[step];
  }
  if (typeof value === "string") return value;
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  // A number that JavaScript cannot represent.
  return RAW_JSON.isRawJSON(value) ? JSON.stringify(value) : "";
}

// TypeScript's library lacks isRawJSON.
const RAW_JSON = JSON as typeof JSON & { isRawJSON(value: unknown): boolean };
