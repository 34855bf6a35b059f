import type { CustomStatus } from "../../kubernetes/object-status.ts";
import { soleUpdater } from "./manager-lines.ts";

/**
 * The status of an object as a line of a status file, without newline. A manager that wrote the whole status alone and
 * by updates needs no list of fields.
 */
export function statusLine(name: string, { value, managers }: CustomStatus): string {
  const sole = soleUpdater(managers);
  const known = sole === undefined ? managers : [{ manager: sole, operation: "Update" }];
  // The status may hold raw numbers, which JSON.stringify writes as they were.
  return JSON.stringify({ name, status: value, ...(known === undefined ? {} : { managers: known }) });
}
