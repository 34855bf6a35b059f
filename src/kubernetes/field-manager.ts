/**
 * A field manager of an object: an entry of `metadata.managedFields`. An archive keeps the entries without the uids of
 * owners, and the entries of the status apart. A manager that wrote a whole object alone and by updates has no fields
 * there: all fields are that manager's.
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
