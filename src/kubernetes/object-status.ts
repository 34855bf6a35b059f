import type { FieldManager } from "./field-manager.ts";

/** The status of a custom resource, which an archive keeps beside the object and not in the text of the object. */
export interface CustomStatus {
  /** The JSON value, with all numbers as they were written. */
  value: unknown;
  /** The field managers, without the subresource, which is always `status`; undefined where the API server has no record. */
  managers: readonly FieldManager[] | undefined;
}
