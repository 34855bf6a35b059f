import type { FieldDifference } from "./document.ts";

/** The difference of a field. The value is undefined on a side that lacks the field. */
export function difference(path: string, left: unknown, right: unknown): FieldDifference {
  return { path, ...(left === undefined ? {} : { left }), ...(right === undefined ? {} : { right }) };
}
