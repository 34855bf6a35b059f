import type { FieldManager } from "../../kubernetes/field-manager.ts";
import type { JsonObject } from "../../kubernetes/json.ts";
import type { CustomStatus } from "../../kubernetes/object-status.ts";
import type { Owner } from "../../kubernetes/owners.ts";

/** What happened to an object. */
export type Operation = "create" | "update" | "delete";

/** One change of one object, a line of a segment. */
export interface ChangeRecord {
  /** The resource version of the change. */
  revision: string;
  /** When it was seen, RFC 3339 with milliseconds, UTC; never before the change before. */
  time: string;
  operation: Operation;
  /** `deployments.apps`. */
  resource: string;
  kind: string;
  /** Absent for cluster-scoped objects. */
  namespace?: string;
  name: string;
  /** Of a deletion, the deletionTimestamp of the object, where it has one: RFC 3339. */
  deletionTimestamp?: string;
  /** The field manager that has written last, where the object says so. */
  manager?: string;
  owners?: readonly Owner[];
  managers?: readonly FieldManager[];
  status?: CustomStatus;
  /** The object as an archive has it; absent where it was deleted. */
  object?: JsonObject;
}
