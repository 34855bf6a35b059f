/** The errors with which the gate refuses: each names the ways out. */

import { describeMakers } from "../catalog/makers.ts";
import { OperatorError } from "../errors.ts";
import { FLAG_NAMESPACE } from "../objects/objects-left-out.ts";
import { amount } from "../words/amount.ts";
import { shellCommand } from "../words/shell-command.ts";
import { CLOCK_ALLOWANCE, eligibleMakers, type GateFacts, newestMoment, type Refused } from "./decide.ts";
import type { GateFindings } from "./gate-options.ts";
import { type FoundRecord, recordKey } from "./restore-record.ts";

const MINUTE = 60_000;

const ACCEPT = `kubectl create namespace ${FLAG_NAMESPACE}`;
const START_WITHOUT = `To start without a restore: ${ACCEPT}`;

/** How somebody has the gate decide anew which backup is restored: the record is deleted. */
export function decideAnew(programNamespace: string): string {
  const { namespace, name } = recordKey(programNamespace);
  return shellCommand`kubectl --namespace=${namespace} delete configmap ${name}`;
}

/**
 * The error for a decision.
 *
 * @param none what there is to say of a store without backups, where that is the reason.
 */
export function refusal(
  facts: GateFacts & Pick<GateFindings, "passedOver">,
  {
    store,
    programNamespace,
    record,
    none,
  }: {
    store: { url: string };
    programNamespace: string;
    record: FoundRecord | undefined;
    none?: string | undefined;
  },
  because: Refused,
): OperatorError {
  const { newest, now, maxRestoreAge } = facts;
  const moment = newestMoment(facts);
  const last = moment ?? newest;
  const what = moment === undefined ? `backup ${newest?.name}` : "certain moment of the change log";
  switch (because) {
    case "older format":
      return new OperatorError(
        `Cannot restore: ${store.url} holds only backups of the older script (backup_*.tgz), which this program cannot read`,
        { advice: `Restore those with the older script. ${START_WITHOUT}` },
      );
    case "future":
      return new OperatorError(
        `Cannot restore: the newest ${what} is from the future, more than ${CLOCK_ALLOWANCE / MINUTE} minutes ahead of this clock (${now.toISOString()})`,
        {
          advice: `Set the clock right, or ${moment === undefined ? "remove that backup" : "set RESTORE_TO to backup"}. ${START_WITHOUT}`,
        },
      );
    case "only unreadable":
      return new OperatorError(
        `Cannot restore: ${store.url} holds nothing that counts: ${facts.passedOver.map(({ name, reason }) => `${name} (${reason})`).join(", ")}`,
        { advice: `${adviceOnPassedOver(facts)}. ${START_WITHOUT}` },
      );
    case "only notes":
      return new OperatorError(
        `Cannot restore: ${store.url} holds the note of ${facts.newestNote}, and no backup: the backups were removed, or the first one was never completed`,
        {
          advice: `Bring the backups back; kube-backup list --deleted shows those that a bucket with versions still has. ${START_WITHOUT}`,
        },
      );
    case "log passed over":
      return new OperatorError(
        `Cannot restore: RESTORE_TO is newest, and nothing of the change log in ${store.url} counts: ${facts.timelinesPassedOver.map(({ timeline, reason }) => `${timeline} (${reason})`).join(", ")}`,
        { advice: `To restore the newest backup instead, set RESTORE_TO to backup. ${START_WITHOUT}` },
      );
    case "several clusters":
    case "cluster not found":
    case "another name":
      return refusalOfCluster(facts, { store }, because);
    case "backup expected":
      return new OperatorError(`Cannot restore: EXPECT_BACKUP is set. ${none}`, {
        advice: `Set S3TARGET to where the backups are. ${START_WITHOUT}`,
      });
    case "stale": {
      const age = Math.floor((now.getTime() - (last?.time.getTime() ?? 0)) / MINUTE);
      return new OperatorError(
        `Cannot restore: the newest ${what} is ${amount(age, "minute")} old, and MAXRESTOREAGE is ${amount(maxRestoreAge / MINUTE, "minute")}`,
        {
          advice: `Raise MAXRESTOREAGE to restore it all the same, or restore by hand: ${shellCommand`kube-backup restore ${newest?.name ?? "latest"}`}. ${START_WITHOUT}`,
        },
      );
    }
    case "another store":
      return new OperatorError(
        `Cannot go on with the restore of ${record?.backup}: it was begun from ${record?.complete?.store}, and S3TARGET is ${store.url}`,
        {
          advice: `Set S3TARGET to the store of the begun restore. To decide anew by ${store.url}: ${decideAnew(programNamespace)}. To accept things as they are: ${ACCEPT}`,
        },
      );
    case "begun in plain": {
      const { backup = "", complete } = record ?? {};
      const at = complete?.moment?.time.toISOString();
      const byHand =
        at === undefined
          ? shellCommand`kube-backup restore --unencrypted ${backup}`
          : shellCommand`kube-backup restore --unencrypted --at=${at}`;
      const what = at === undefined ? "it" : "that backup, or a segment of the change log after it,";
      return new OperatorError(
        `Cannot go on with the restore of ${backup} that was begun in this cluster: ${what} is not encrypted, and AGE_RECIPIENTS is set`,
        {
          advice: `To finish it by hand: ${byHand}, then ${ACCEPT}. To decide anew by what is encrypted: ${decideAnew(programNamespace)}`,
        },
      );
    }
    case "begun, no backups":
      return new OperatorError(
        `Cannot go on with the restore of ${record?.backup || "a backup"} that was begun in this cluster: ${store.url} holds no backups any more`,
        {
          advice: `Check S3TARGET. To accept things as they are: ${ACCEPT}. To decide anew: ${decideAnew(programNamespace)}`,
        },
      );
  }
}

/** The error where it is not clear of which cluster the backup has to be. */
function refusalOfCluster(
  facts: Pick<GateFacts, "makers" | "clusterName" | "restoreCluster">,
  { store }: { store: { url: string } },
  because: "several clusters" | "cluster not found" | "another name",
): OperatorError {
  const { makers, clusterName, restoreCluster } = facts;
  const eligible = eligibleMakers(facts);
  const [first] = eligible;
  const wrote = `wrote into ${store.url} within MAXRESTOREAGE`;
  switch (because) {
    case "several clusters":
      return new OperatorError(
        `Cannot restore: ${eligible.length} clusters ${wrote}: ${describeMakers(eligible)}`,
        {
          advice: `Set RESTORE_CLUSTER to the name or uid of the one to restore, and give each cluster a prefix of its own. ${START_WITHOUT}`,
        },
      );
    case "cluster not found":
      return new OperatorError(
        makers.length === 0
          ? `Cannot restore: RESTORE_CLUSTER is ${restoreCluster}, and no backup of ${store.url} within MAXRESTOREAGE can be read`
          : `Cannot restore: RESTORE_CLUSTER is ${restoreCluster}, and only ${describeMakers(makers)} ${wrote}`,
        { advice: `Correct RESTORE_CLUSTER, or raise MAXRESTOREAGE. ${START_WITHOUT}` },
      );
    case "another name":
      return new OperatorError(
        `Cannot restore: ${first?.newest.name} is of the cluster ${first?.cluster.name}, and CLUSTER_NAME is ${clusterName}`,
        {
          advice: `Check S3TARGET. To restore it here all the same: RESTORE_CLUSTER=${first?.cluster.name}. ${START_WITHOUT}`,
        },
      );
  }
}

function adviceOnPassedOver({ passedOver }: Pick<GateFindings, "passedOver">): string {
  return passedOver.some(({ plain }) => plain)
    ? "AGE_RECIPIENTS is set, so that only encrypted backups count: restore one in plain by hand (kube-backup restore --unencrypted BACKUP)"
    : "Remove what is no backup";
}
