/** Reads values of a parsed YAML document by type. A value of another type counts as absent. */

/** A mapping; empty where the value is none. */
export function record(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : {};
}

/** A mapping whose values have one type. */
export function recordOf<T>(value: unknown, read: (value: unknown) => T): Record<string, T> {
  return Object.fromEntries(Object.entries(record(value)).map(([name, each]) => [name, read(each)]));
}

/** A text that is not empty. A number or a boolean becomes nearly the text that was written. */
export function text(value: unknown): string | undefined {
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** A list of texts, which may be empty. */
export function textList(value: unknown): string[] {
  return Array.isArray(value) ? value.map((each) => (typeof each === "string" ? each : String(each))) : [];
}
