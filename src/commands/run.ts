import type { TakenBackup } from "../backup/take-backup.ts";
import type { ApiClient } from "../cluster/requests/api-client.ts";
import { defineCommand } from "../command-line/command.ts";
import { captureOptions, captureScope, retentionOptions } from "../command-line/options.ts";
import { withClusterAndStore } from "../command-line/with-cluster-and-store.ts";
import type { Health } from "../health/health.ts";
import type { HealthServer } from "../health/server.ts";
import { giveMemoryBack } from "../memory/collect-garbage.ts";
import { minAgeOf } from "../settings/retention.ts";
import type { Settings, SettingsWith } from "../settings/settings.ts";
import type { Store } from "../store/contract/store.ts";
import type { Log } from "../terminal/log/log.ts";
import { COMMIT, VERSION } from "../version.ts";
import { clockWarning } from "./warn-of-clock.ts";

const MINUTE = 60_000;

/** `kube-backup run`, the default command: the restore gate, then the backup loop. */
export const runCommand = defineCommand({
  command: ["run", "$0"],
  describe: "Pass the restore gate, then take backups until stopped (the default)",
  needs: ["s3target", "frequencyMinutes", "maxRestoreAgeMinutes"],
  service: true,
  builder: (yargs) =>
    yargs
      .options({ ...captureOptions(), ...retentionOptions() })
      .example(
        "$0 run --s3target s3://my-bucket/blue --frequency 15 --max-restore-age 1440",
        "A backup every quarter of an hour; a new cluster gets the newest back if it is not older than a day",
      ),
  async handler(context) {
    const { settings, log, signal, now } = context;
    const { Health } = await import("../health/health.ts");
    const health = new Health({ frequency: settings.frequencyMinutes * MINUTE, now });
    const probes = await serveProbes(settings.listen, health);
    try {
      const onAnswer = () => health.progress();
      await withClusterAndStore({ ...context, onAnswer }, async ({ client, store }) => {
        log.info({ version: VERSION, cluster: client.server, store: store.url }, "kube-backup starts");
        await gateThenLoop({ settings, client, store, health, log, now }, signal);
      });
    } finally {
      await probes?.close();
    }
  },
});

async function serveProbes(listen: Settings["listen"], health: Health): Promise<HealthServer | undefined> {
  if (listen === undefined) return undefined;
  const { serveHealth } = await import("../health/server.ts");
  return await serveHealth(health, listen);
}

interface Service {
  settings: SettingsWith<"frequencyMinutes" | "maxRestoreAgeMinutes">;
  client: ApiClient;
  store: Store;
  health: Health;
  log: Log;
  now: () => Date;
}

async function gateThenLoop({ settings, ...service }: Service, signal: AbortSignal): Promise<void> {
  const [
    { passGate },
    { CLOCK_ALLOWANCE },
    { restoreIntoCluster },
    { backupLoop },
    { takeBackup },
    { sweepLeftOvers },
  ] = await Promise.all([
    import("../restore-gate/restore-gate.ts"),
    import("../restore-gate/decide.ts"),
    import("../restore/foreign-cluster.ts"),
    import("../backup/loop.ts"),
    import("../backup/take-backup.ts"),
    import("../backup/left-overs.ts"),
  ]);
  const { client, log } = service;
  const warnOfClock = clockWarning(service);
  await passGate(
    {
      ...service,
      maxRestoreAge: settings.maxRestoreAgeMinutes * MINUTE,
      restore: (archive, { resumed, begun }, signal) =>
        restoreIntoCluster(
          {
            client,
            archive,
            log,
            keepKubeSystem: settings.keepKubeSystem,
            intoEmptyOnly: settings.restoreIntoEmptyOnly,
            resumed,
            begun,
            updateOvertaken: true,
          },
          signal,
        ),
    },
    signal,
  );
  warnOfClock();
  const program = { version: VERSION, commit: COMMIT };
  const pruning = await createPruning(settings, service);
  await backupLoop(
    {
      ...service,
      prune: pruning?.prune,
      sweep: (signal) => sweepLeftOvers(service, signal),
      frequency: settings.frequencyMinutes * MINUTE,
      clockAllowance: CLOCK_ALLOWANCE,
      onListed: warnOfClock,
      onIdle: giveMemoryBack,
      take: async (signal) => {
        const taken = await takeBackup({ ...service, ...captureScope(settings), program }, signal);
        pruning?.stored(taken);
        return taken;
      },
    },
    signal,
  );
}

/** What prunes after a backup; undefined without retention rules. */
async function createPruning(
  settings: Settings,
  service: Omit<Service, "settings">,
): Promise<
  { prune: (signal: AbortSignal) => Promise<void>; stored: (backup: TakenBackup) => void } | undefined
> {
  const { retention: rules } = settings;
  if (rules === undefined) return undefined;
  const [{ pruneAfterBackup }, { KnownBackups }, { judgmentOfManifest }] = await Promise.all([
    import("../retention/prune-after-backup.ts"),
    import("../retention/known-backups.ts"),
    import("../retention/archive-judge.ts"),
  ]);
  const known = new KnownBackups();
  const policy = { rules, minAge: minAgeOf(settings) };
  return {
    prune: (signal) => pruneAfterBackup({ ...service, policy, known }, signal),
    // The store has confirmed the checksums of what was sent: this process need not read it again.
    stored: ({ name, etag, manifest }) =>
      known.set({ name, etag }, judgmentOfManifest(manifest), { checked: true }),
  };
}
