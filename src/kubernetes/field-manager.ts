/**
 * Who wrote which fields of an object: an entry of `metadata.managedFields`. An archive keeps entries without the
 * uids of owners, and those of the status apart; who wrote an object alone and by updates needs no fields there:
 * all are its own.
 *
 * https://kubernetes.io/docs/reference/using-api/server-side-apply/#field-management
 */
export interface FieldManager {
  manager: string;
  /** `Update` or `Apply`. */
  operation: string;
  apiVersion?: string;
  /** RFC 3339. */
  time?: string;
  fieldsV1?: unknown;
  /** `status`, `scale`; absent for the object itself. */
  subresource?: string;
}
