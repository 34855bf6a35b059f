import type { ApiClient } from "../../cluster/requests/api-client.ts";
import type { FieldManager } from "../../kubernetes/field-manager.ts";
import type { CustomStatus } from "../../kubernetes/object-status.ts";
import type { OwnerReference } from "../../kubernetes/owners.ts";
import type { ObjectKey, Resource } from "../../kubernetes/resource.ts";
import type { HandBack } from "../field-managers/restore-field-managers.ts";
import type { LiveObjects } from "../live/live-objects.ts";
import type { OwnerUids } from "../owners/owner-uids.ts";
import type { Outcome, RestoreReport } from "../report/report.ts";
import type { ExistingPolicy } from "./existing-policy.ts";
import type { StatusWrites } from "./write-status.ts";

/** Where and how objects of one resource are brought back. */
export interface RestoreTarget {
  client: ApiClient;
  resource: Resource;
  live: LiveObjects;
  report: RestoreReport;
  uids: OwnerUids;
  handBack: HandBack;
  /** Undefined where no status is to be written, as in a dry run. */
  statuses: StatusWrites | undefined;
  existing: ExistingPolicy;
  dryRun: "server" | "client" | undefined;
  /** Whether a run before this one, of the same restore, was cut short. */
  begun: boolean;
  /** Whether an object that meets an internal error is tried again at once, and not put off. */
  retryInternalErrors: boolean;
  /** How long an object that is being deleted is waited for, in milliseconds. */
  deletionLimit: number;
  /** In a dry run: the namespaces that there are. What is to go into others cannot be asked. */
  namespaces: ReadonlySet<string>;
}

/** An object on its way into the cluster. */
export interface ObjectToRestore {
  /** Where it goes. */
  key: ObjectKey;
  /** The backup's object as JSON, under its names in the cluster. */
  text: string;
  /** Its owners, with their uids of this cluster. */
  owners: readonly OwnerReference[];
  /** Whom its fields belong to; undefined where the backup does not know. */
  managers: readonly FieldManager[] | undefined;
  /** Its status, where that is to be written. */
  status?: CustomStatus | undefined;
  /** Whether it is known to be there, so that it need not be tried to create it. */
  exists?: boolean;
}

/** What became of an object. */
export interface Settled {
  outcome: Outcome;
  reason?: string | undefined;
  /** Of a failure that time heals: what is waited for. */
  waitsFor?: string | undefined;
}
