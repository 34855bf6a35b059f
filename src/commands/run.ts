import { COMMIT, VERSION } from "../version.ts";
import { defineCommand } from "./context.ts";
import { withClusterAndStore } from "./with-cluster-and-store.ts";

const MINUTE = 60_000;

/** `kube-backup run`, also without any command: the restore gate, then the backup loop. */
export const runCommand = defineCommand({
  command: ["run", "$0"],
  describe: "Pass the restore gate, then take backups until stopped (the default)",
  needs: ["s3target", "frequencyMinutes", "maxRestoreAgeMinutes"],
  service: true,
  builder: (yargs) =>
    yargs.example(
      "$0 run --s3target s3://my-bucket/blue --frequency 15 --max-restore-age 1440",
      "A backup every quarter of an hour; a new cluster gets the newest back if it is not older than a day",
    ),
  async handler(context) {
    const { settings, log, signal, now } = context;
    const [{ passGate }, { restoreInto }, { backupLoop }, { takeBackup }, { DEFAULT_RESOURCES }] =
      await Promise.all([
        import("../gate/gate.ts"),
        import("../restore/restore-into.ts"),
        import("../backup/loop.ts"),
        import("../backup/take-backup.ts"),
        import("../objects/kinds.ts"),
      ]);
    await withClusterAndStore(context, async ({ client, store }) => {
      log.info({ version: VERSION, cluster: client.server, store: store.url }, "kube-backup starts");
      const intoEmptyOnly = settings.restoreIntoEmptyOnly;
      await passGate(
        {
          client,
          store,
          maxRestoreAge: settings.maxRestoreAgeMinutes * MINUTE,
          now,
          log,
          restore: (archive, { begun }, signal) =>
            restoreInto({ client, archive, log, intoEmptyOnly, begun }, signal),
        },
        signal,
      );
      const program = { version: VERSION, commit: COMMIT };
      const take = (signal: AbortSignal) =>
        takeBackup({ client, store, resources: DEFAULT_RESOURCES, program, now, log }, signal);
      await backupLoop({ store, take, frequency: settings.frequencyMinutes * MINUTE, now, log }, signal);
    });
  },
});
