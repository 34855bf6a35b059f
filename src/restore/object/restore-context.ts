import type { ApiClient } from "../../cluster/requests/api-client.ts";
import type { JsonObject } from "../../kubernetes/json.ts";
import type { ObjectKey, Resource } from "../../kubernetes/resource.ts";
import type { FieldManagerRestorer } from "../field-managers/restore-field-managers.ts";
import type { OwnerReferenceWriter } from "../owners/owner-reference-writer.ts";
import type { OwnerUids } from "../owners/owner-uids.ts";
import type { RestoreReport } from "../report/report.ts";
import type { ObjectWriter } from "./cluster-writer.ts";
import type { ExistingPolicy } from "./existing-policy.ts";
import type { StatusWriter } from "./status-writer.ts";

/** An object that exists, of which some changes are to be reverted. */
interface RevertibleObject {
  resource: Resource;
  key: ObjectKey;
  /** The backup's object. */
  archived: JsonObject;
  /** The live object in portable form. */
  portable: JsonObject;
  /** The live object, whole. */
  live: JsonObject;
}

/** Decides what an object that exists becomes, in place of what the backup has, and which fields stay as others wrote them. */
export type Revert = (object: RevertibleObject) => { object: JsonObject; conflicts: readonly string[] };

/** What restoring any object needs to know of the whole restore. */
export interface RestoreContext {
  client: ApiClient;
  /** Writes, or in a dry run asks or only compares. */
  writer: ObjectWriter;
  report: RestoreReport;
  ownerUids: OwnerUids;
  ownerReferences: OwnerReferenceWriter;
  fieldManagers: FieldManagerRestorer;
  /** Undefined where no status is to be written, as in a dry run. */
  statuses: StatusWriter | undefined;
  existing: ExistingPolicy;
  /** Undefined where an object becomes what the backup has. */
  revert?: Revert | undefined;
  /** Names of the resources of which the backup has finished objects. */
  keepFinished: ReadonlySet<string>;
  /** Whether an object that another client created while the restore ran is updated to what the backup has. */
  updatesOvertaken: boolean;
  /** Whether a run before this one, of the same restore, was interrupted. */
  resumed: boolean;
  /** When the interrupted run began, in the time of the API server; undefined where none was, or nobody knows. */
  begun: Date | undefined;
  /** How long an object that is being deleted is waited for, in milliseconds. */
  deletionTimeout: number;
  /** Names of the namespaces that were in the cluster before the restore; empty until Namespaces are restored. */
  namespacesBefore: ReadonlySet<string>;
  /** Names of the cluster's namespaces that a label leaves out, with all that is in them. */
  excludedNamespaces: ReadonlySet<string>;
}

/** Where the objects of one resource go. */
export interface ResourceTarget {
  context: RestoreContext;
  /** The resource in the version in which its objects are written. */
  resource: Resource;
}
