/** Values of a parsed YAML document, taken for what they must be: anything else counts as not there. */

/** A mapping; empty where it is none. */
export function record(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : {};
}

/** A mapping whose values are of one type. */
export function recordOf<T>(value: unknown, read: (value: unknown) => T): Record<string, T> {
  return Object.fromEntries(Object.entries(record(value)).map(([name, each]) => [name, read(each)]));
}

/** A text that is not empty. A number or a switch is the text that it was written as, nearly. */
export function text(value: unknown): string | undefined {
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** A list of texts, which may be empty. */
export function textList(value: unknown): string[] {
  return Array.isArray(value) ? value.map((each) => (typeof each === "string" ? each : String(each))) : [];
}
