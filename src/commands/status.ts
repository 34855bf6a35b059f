import type { Manifest } from "../archive/format/manifest.ts";
import { defineCommand } from "../command-line/command.ts";
import { OUTPUT_OPTION } from "../command-line/options.ts";
import { withClusterAndStore } from "../command-line/with-cluster-and-store.ts";
import type { Store, StoredBackup } from "../store/contract/store.ts";
import { formatAge } from "../terminal/duration.ts";
import { rfc3339 } from "../time/rfc3339.ts";

const MINUTE = 60_000;

/** `kube-backup status`: shows what the gate and the loop would do. Changes nothing. */
export const statusCommand = defineCommand({
  command: "status",
  describe: "Show the flag, the newest backup, what the gate would decide and when the next backup is due",
  needs: ["s3target"],
  builder: (yargs) =>
    yargs
      .options(OUTPUT_OPTION)
      .example("$0 status --s3target s3://my-bucket/blue --frequency 15 --max-restore-age 1440", "All of it"),
  async handler(context) {
    const { settings, output, log, signal, now } = context;
    const [
      { clockWarning },
      { readFlag },
      { readRestoreRecord },
      { findBegun },
      { decide },
      { describeDecision },
      { nextDue },
      { describeMissingFlag },
      { describeNotKept },
    ] = await Promise.all([
      import("./warn-of-clock.ts"),
      import("../restore-gate/restore-flag.ts"),
      import("../restore-gate/restore-record.ts"),
      import("../restore-gate/restore-gate.ts"),
      import("../restore-gate/decide.ts"),
      import("../restore-gate/describe.ts"),
      import("../backup/schedule.ts"),
      import("../restore-gate/missing-flag.ts"),
      import("../archive/format/not-kept.ts"),
    ]);
    await withClusterAndStore(context, async ({ client, store }) => {
      const [{ state: flag }, begun, newest] = await Promise.all([
        readFlag(client, signal),
        readRestoreRecord(client, signal),
        store.newest({}, signal),
      ]);
      clockWarning({ store, log })();
      const missingFlag = describeMissingFlag(flag);
      if (missingFlag !== undefined) log.warn({ advice: missingFlag.advice }, missingFlag.message);
      const restoring = begun && (await findBegun(begun, { store }, signal));
      const olderFormat = newest === undefined && (await store.holdsOlderFormat(signal));
      const asOf = now();
      const { frequencyMinutes, maxRestoreAgeMinutes } = settings;
      const decision =
        maxRestoreAgeMinutes === undefined
          ? undefined
          : decide({
              // The gate waits for the deletion of a terminating flag, which then counts as absent.
              flag: flag === "present",
              begun: restoring,
              newest,
              olderFormat,
              now: asOf,
              maxRestoreAge: maxRestoreAgeMinutes * MINUTE,
            });
      // Like the loop, ignores backups from the future.
      const past =
        newest !== undefined && newest.time > asOf ? await store.newest({ until: asOf }, signal) : newest;
      const due =
        frequencyMinutes === undefined
          ? undefined
          : nextDue({ newest: past?.time, frequency: frequencyMinutes * MINUTE, now: asOf });
      // What the newest backup recorded when it was taken: what KINDS is where it is taken is not known here.
      const notKept = newest && (await readNotKept(store, newest.name, signal));
      output.show({
        json: {
          cluster: client.server,
          store: store.url,
          flag,
          begunRestore: begun?.backup ?? null,
          newest: newestJson(newest, asOf),
          gate: decision ?? null,
          nextBackupDue: due === undefined ? null : rfc3339(due),
          notKept: notKept ?? null,
        },
        text: () => [
          `Cluster       ${client.context} (${client.server})`,
          `Store         ${store.url}`,
          `Flag          ${flag}`,
          ...(begun === undefined ? [] : [`Restore begun ${begun.backup}, ${begun.begun}`]),
          `Newest backup ${newest === undefined ? "none" : `${newest.name}, ${formatAge(asOf.getTime() - newest.time.getTime())}`}`,
          `Gate          ${decision === undefined ? "unknown: MAXRESTOREAGE is not set" : describeDecision(decision)}`,
          `Next backup   ${describeDue(due, asOf)}`,
          ...describeNotKept(notKept),
        ],
      });
    });
  },
});

function newestJson(newest: StoredBackup | undefined, now: Date): object | null {
  if (newest === undefined) return null;
  const { name, time } = newest;
  return { name, time: rfc3339(time), ageSeconds: Math.floor((now.getTime() - time.getTime()) / 1000) };
}

function describeDue(due: Date | undefined, now: Date): string {
  if (due === undefined) return "unknown: FREQUENCY is not set";
  return due <= now ? "due now" : `due at ${rfc3339(due)}`;
}

async function readNotKept(
  store: Store,
  name: string,
  signal: AbortSignal,
): Promise<Manifest["notKept"] | undefined> {
  const { inspectBackup } = await import("../catalog/inspect-backup.ts");
  const inspection = await inspectBackup(store, name, signal);
  return inspection?.state === "valid" ? inspection.manifest.notKept : undefined;
}
