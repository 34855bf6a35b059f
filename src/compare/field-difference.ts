import type { FieldDifference } from "./document.ts";

/** A field that differs; a side that is undefined lacks it. */
export function difference(path: string, left: unknown, right: unknown): FieldDifference {
  return { path, ...(left === undefined ? {} : { left }), ...(right === undefined ? {} : { right }) };
}
