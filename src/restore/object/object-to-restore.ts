import type { FieldManager } from "../../kubernetes/field-manager.ts";
import type { CustomStatus } from "../../kubernetes/object-status.ts";
import type { Owner, OwnerReference } from "../../kubernetes/owners.ts";
import type { ObjectKey } from "../../kubernetes/resource.ts";
import type { LiveState } from "../live/live-state.ts";
import type { Outcome } from "../report/report.ts";

/** An object of the backup, ready to be written. */
export interface ObjectToRestore {
  /** Namespace and name in the cluster. */
  key: ObjectKey;
  /** The object as JSON, under its names in the cluster. */
  text: string;
  /** Its owner references, with the owners' uids in this cluster. */
  owners: readonly OwnerReference[];
  /** Its owners in the backup, also those that this cluster lacks, and those that adopt it. */
  archivedOwners: readonly Owner[];
  /** The field managers of the backup; undefined where the backup does not know them. */
  managers: readonly FieldManager[] | undefined;
  /** The status, where it is to be written. */
  status?: CustomStatus | undefined;
  /** What is known of the object in the cluster; nothing by default. */
  live?: LiveState | undefined;
  /** Whether the object is known to exist by now, so that creating it need not be tried; `live` says so by default. */
  exists?: boolean;
  /** Whether the object has owners that do not exist yet, and its owner references are written later. */
  ownersLater?: boolean;
  /** What became of the object before its owners existed: only what is left to write is written now. */
  before?: RestoreResult | undefined;
}

/** What became of an object. */
export interface RestoreResult {
  outcome: Outcome;
  reason?: string | undefined;
  /** Of a failure that passes by itself: what the object waits for before it is retried. */
  waitsFor?: string | undefined;
  /** Of a failure: whether a webhook or policy denies the object, which it may allow once other objects exist. */
  denied?: boolean | undefined;
  /** Of a failure: whether a policy of this cluster refuses a Pod that no controller made, and nothing else is amiss. */
  policy?: boolean | undefined;
  /** Of an object that is skipped since it differs: when it was created, RFC 3339. */
  createdAt?: string | undefined;
  /** Whether another client created the object, unlike the backup's, while the restore ran. */
  overtaken?: boolean | undefined;
}
