import { UsageError } from "../errors.ts";

/** Whether an object's fields are those that a selector asks for. */
export type FieldMatcher = (object: unknown) => boolean;

/** Parts between commas that no backslash escapes. */
const PARTS = /(?:[^\\,]|\\.)+|(?<=,|^)(?=,|$)/gs;
const REQUIREMENT =
  /^([A-Za-z][A-Za-z0-9]*(?:\.[A-Za-z][A-Za-z0-9]*)*)\s*(==|=|!=)\s*((?:[^\\=,]|\\[\\=,])*)$/s;

/**
 * Reads a field selector as kubectl does: `metadata.name=web,type!=Opaque`. An API server takes a few
 * fields of each kind only; in a backup, every field that holds a text, a number or a truth value will do,
 * and one that an object lacks counts as empty. In a value, a backslash escapes comma, equals sign and itself.
 *
 * https://kubernetes.io/docs/concepts/overview/working-with-objects/field-selectors/
 *
 * @throws {UsageError} when it is none.
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
  // A number that JavaScript cannot hold.
  return RAW_JSON.isRawJSON(value) ? JSON.stringify(value) : "";
}

// TypeScript's library does not know it yet.
const RAW_JSON = JSON as typeof JSON & { isRawJSON(value: unknown): boolean };
