/** A time as all JSON of the program has it: RFC 3339, UTC, without fractions. */
export function rfc3339(time: Date): string {
  return time.toISOString().replace(/\.\d+Z$/, "Z");
}
