import { defineCommand } from "../command-line/command.ts";
import { OUTPUT_OPTION } from "../command-line/options.ts";
import { withClusterAndStore } from "../command-line/with-cluster-and-store.ts";
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
    ] = await Promise.all([
      import("./warn-of-clock.ts"),
      import("../restore-gate/restore-flag.ts"),
      import("../restore-gate/restore-record.ts"),
      import("../restore-gate/restore-gate.ts"),
      import("../restore-gate/decide.ts"),
      import("../restore-gate/describe.ts"),
      import("../backup/schedule.ts"),
    ]);
    await withClusterAndStore(context, async ({ client, store }) => {
      const [flag, begun, newest] = await Promise.all([
        readFlag(client, signal),
        readRestoreRecord(client, signal),
        store.newest({}, signal),
      ]);
      clockWarning({ store, log })();
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
      const age = newest === undefined ? undefined : asOf.getTime() - newest.time.getTime();
      output.show({
        json: {
          cluster: client.server,
          store: store.url,
          flag,
          begunRestore: begun?.backup ?? null,
          newest:
            newest === undefined
              ? null
              : {
                  name: newest.name,
                  time: rfc3339(newest.time),
                  ageSeconds: Math.floor((age ?? 0) / 1000),
                },
          gate: decision ?? null,
          nextBackupDue: due === undefined ? null : rfc3339(due),
        },
        text: () => [
          `Cluster       ${client.context} (${client.server})`,
          `Store         ${store.url}`,
          `Flag          ${flag}`,
          ...(begun === undefined ? [] : [`Restore begun ${begun.backup}, ${begun.begun}`]),
          `Newest backup ${newest === undefined || age === undefined ? "none" : `${newest.name}, ${formatAge(age)}`}`,
          `Gate          ${decision === undefined ? "unknown: MAXRESTOREAGE is not set" : describeDecision(decision)}`,
          `Next backup   ${due === undefined ? "unknown: FREQUENCY is not set" : due <= asOf ? "due now" : `due at ${rfc3339(due)}`}`,
        ],
      });
    });
  },
});
