import type { FieldManager } from "../../kubernetes/field-manager.ts";
import type { CustomStatus } from "../../kubernetes/object-status.ts";
import type { OwnerReference } from "../../kubernetes/owners.ts";
import type { ObjectKey } from "../../kubernetes/resource.ts";
import type { Outcome } from "../report/report.ts";

/** An object of the backup, ready to be written. */
export interface ObjectToRestore {
  /** Namespace and name in the cluster. */
  key: ObjectKey;
  /** The object as JSON, under its names in the cluster. */
  text: string;
  /** Its owner references, with the owners' uids in this cluster. */
  owners: readonly OwnerReference[];
  /** The field managers of the backup; undefined where the backup does not know them. */
  managers: readonly FieldManager[] | undefined;
  /** The status, where it is to be written. */
  status?: CustomStatus | undefined;
  /** Whether the object is known to exist, so that creating it need not be tried. */
  exists?: boolean;
}

/** What became of an object. */
export interface RestoreResult {
  outcome: Outcome;
  reason?: string | undefined;
  /** Of a failure that passes by itself: what the object waits for before it is retried. */
  waitsFor?: string | undefined;
}
