/** What the log of the gate says where nothing is restored: a slip in S3TARGET must not look like an empty store. */

import type { NoBackups } from "../catalog/no-backups.ts";
import { FLAG_NAMESPACE } from "../objects/objects-left-out.ts";
import { shellCommand } from "../words/shell-command.ts";
import { newestMoment } from "./decide.ts";
import type { GateFindings, GateOptions } from "./gate-options.ts";

/** How a cluster is restored after all, where the restore flag was written with a wrong S3TARGET. */
function restoreAfterAll(namespace: string): string {
  const stop = shellCommand`kubectl --namespace=${namespace} scale deployment kube-backup --replicas=0`;
  return `stop run (${stop}), kubectl delete namespace ${FLAG_NAMESPACE}, and start run again`;
}

/** Logs that a store holds no backups, and that the restore flag is written. */
export function logNothingToRestore(
  { store, programNamespace, log }: Pick<GateOptions, "store" | "programNamespace" | "log">,
  none: NoBackups,
): void {
  const written = `the namespace ${FLAG_NAMESPACE} is written`;
  if (none.beside.length === 0) {
    log.info(`Nothing to restore: ${store.url} holds no backups; ${written}`);
    return;
  }
  log.warn(
    { advice: `To restore from there: correct S3TARGET, ${restoreAfterAll(programNamespace)}` },
    `Nothing to restore. ${none.message}; ${written}`,
  );
}

/** Says that there is no moment to restore that is newer than the newest backup, where RESTORE_TO asks for one. */
export function tellOfNoMoment(
  { store, restoreTo, log }: Pick<GateOptions, "store" | "restoreTo" | "log">,
  findings: GateFindings,
): void {
  if (restoreTo !== "newest" || newestMoment(findings) !== undefined) return;
  const reason =
    findings.moments.length === 0
      ? `${store.url} has no change log within MAXRESTOREAGE`
      : `the change log in ${store.url} has no moment that is newer`;
  log.warn(`RESTORE_TO is newest, and ${reason}: the newest backup is restored`);
}

/** Names what does not count: what is named as a backup from the future and cannot be read, and what is in plain. */
export function warnOfPassedOver(
  { log }: Pick<GateOptions, "log">,
  { passedOver, timelinesPassedOver }: Pick<GateFindings, "passedOver" | "timelinesPassedOver">,
): void {
  for (const { timeline, reason } of timelinesPassedOver)
    log.warn({ timeline, reason }, "A timeline of the change log is passed over");
  for (const { name, reason, plain } of passedOver) {
    if (plain === true) {
      log.warn(
        {
          backup: name,
          advice: `Where it is yours, restore it by hand: ${shellCommand`kube-backup restore --unencrypted ${name}`}`,
        },
        `${name} is passed over: ${reason}, and AGE_RECIPIENTS is set`,
      );
      continue;
    }
    log.warn(
      { backup: name, reason, advice: "Remove it from the store" },
      `${name} is named as a backup from the future and cannot be read: it is passed over`,
    );
  }
}

/** Logs that the restore flag exists; warns where it was written because another store than today's was empty. */
export function logNoRestore(
  { store, programNamespace, log }: Pick<GateOptions, "store" | "programNamespace" | "log">,
  { flagFacts }: Pick<GateFindings, "flagFacts">,
): void {
  const warning = describeOtherStore(flagFacts, { today: store.url, programNamespace });
  if (warning === undefined) log.info(`No restore: the namespace ${FLAG_NAMESPACE} exists`);
  else log.warn({ advice: warning.advice }, `No restore: ${warning.message}`);
}

/** What a restore flag means that was written because another store held no backups; undefined for any other flag. */
export function describeOtherStore(
  { reason, store }: GateFindings["flagFacts"],
  { today, programNamespace }: { today: string; programNamespace: string },
): { message: string; advice: string } | undefined {
  if (reason !== "nothing to restore" || store === undefined || store === today) return undefined;
  return {
    message: `the namespace ${FLAG_NAMESPACE} exists. It was written because ${store} held no backups, and S3TARGET is ${today}`,
    advice: `Where this cluster is to be restored from ${today}: ${restoreAfterAll(programNamespace)}. Otherwise: kubectl annotate --overwrite namespace ${FLAG_NAMESPACE} kube-backup/reason=accepted`,
  };
}
