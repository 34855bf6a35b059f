import type { FieldManager } from "./field-manager.ts";

/** The status of a custom resource's object, as an archive keeps it: beside the object, not in its text. */
export interface CustomStatus {
  /** Its JSON; all numbers are as they were written. */
  value: unknown;
  /** Who wrote it, without the subresource, which is always `status`; undefined where the API server has kept no record. */
  managers: readonly FieldManager[] | undefined;
}
