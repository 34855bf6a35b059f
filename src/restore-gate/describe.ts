import { FLAG_NAMESPACE } from "../objects/objects-left-out.ts";
import { rfc3339 } from "../time/rfc3339.ts";
import type { GateDecision } from "./decide.ts";

/** Describes what the gate would do. */
export function describeDecision(decision: GateDecision): string {
  switch (decision.because) {
    case "flag":
      return `no restore: the namespace ${FLAG_NAMESPACE} exists`;
    case "no backups":
      return "nothing to restore: there are no backups; would write the flag";
    case "fresh":
      if (decision.moment !== undefined)
        return `would restore the newest certain moment of the change log, ${rfc3339(decision.moment.time)}`;
      return "would restore the newest backup that is whole";
    case "begun":
      return decision.moment === undefined
        ? `would go on with the restore of ${decision.backup}`
        : `would go on with the restore of ${rfc3339(decision.moment.time)} from the change log`;
    case "begun anew":
      return `would restore ${decision.moment === undefined ? "the newest backup that is whole" : `the newest certain moment of the change log, ${rfc3339(decision.moment.time)}`}: the restore of ${decision.backup} that was begun cannot go on`;
    case "stale":
      return "error: the newest that could be restored is older than MAXRESTOREAGE";
    case "future":
      return "error: the newest that could be restored is from the future";
    case "older format":
      return "error: the store holds only backups of the older script";
    case "another store":
      return "error: a restore was begun from another store";
    case "begun in plain":
      return "error: a restore was begun from what is not encrypted, and AGE_RECIPIENTS is set";
    case "only unreadable":
      return "error: nothing in the store can be read, or is encrypted as AGE_RECIPIENTS demands";
    case "only notes":
      return "error: the store holds notes of backups, and no backup";
    case "several clusters":
      return "error: several clusters wrote within MAXRESTOREAGE";
    case "cluster not found":
      return "error: the cluster RESTORE_CLUSTER wrote nothing within MAXRESTOREAGE";
    case "another name":
      return "error: the newest backup is of another cluster than CLUSTER_NAME";
    case "log passed over":
      return "error: RESTORE_TO is newest, and nothing of the change log counts";
    case "backup expected":
      return "error: there are no backups, and EXPECT_BACKUP is set";
    case "begun, no backups":
      return "error: a restore was begun, and the store holds no backups any more";
  }
}
