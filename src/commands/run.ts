import type { BackupObserver } from "../backup/backup-observer.ts";
import type { EarlyBackup } from "../backup/early-backup.ts";
import type { TakenBackup } from "../backup/take-backup.ts";
import type { FollowBackup } from "../change-log/recording/follow-backup.ts";
import type { ApiClient } from "../cluster/requests/api-client.ts";
import { asksBeforeRun } from "../command-line/attendance.ts";
import { type CommandContext, defineCommand } from "../command-line/command.ts";
import { type Leases, openLeases } from "../command-line/leases.ts";
import {
  captureOptions,
  captureScope,
  copyOptions,
  LOCK_OPTION,
  retentionOptions,
} from "../command-line/options.ts";
import { openSecondStore, rejectSamePlace } from "../command-line/second-store.ts";
import { withClusterAndStore } from "../command-line/with-cluster-and-store.ts";
import { OperatorError } from "../errors.ts";
import type { Health } from "../health/health.ts";
import type { Served } from "../health/server.ts";
import { LOOP_LEASE, RESTORE_LEASE } from "../lease/lease-record.ts";
import { giveMemoryBack } from "../memory/collect-garbage.ts";
import type { ListeningServer } from "../network/listen.ts";
import { clockWarning } from "../restore-gate/warn-of-clock.ts";
import { keepReportsOf, minAgeOf, rulesOf } from "../settings/retention.ts";
import type { Settings, SettingsWith } from "../settings/settings.ts";
import type { Store, StoredBackup } from "../store/contract/store.ts";
import type { Log } from "../terminal/log/log.ts";
import { COMMIT, VERSION } from "../version.ts";
import type { RunApproval } from "./ask-to-run.ts";
import type { RunMonitor } from "./run-monitor.ts";
import { rejectSharedNamespace } from "./shared-namespace.ts";
import type { ServedPage } from "./status-page/served-page.ts";

const MINUTE = 60_000;

const NEEDS = ["s3target", "frequencyMinutes", "maxRestoreAgeMinutes"] as const;

type Needed = (typeof NEEDS)[number];

/** `kube-backup run`, the default command: the restore gate, then the backup loop. */
export const runCommand = defineCommand({
  command: ["run", "$0"],
  describe:
    "Pass the restore gate, then take backups until stopped (the default off a terminal and in a pod)",
  group: "service",
  needs: [...NEEDS],
  service: true,
  builder: (yargs) =>
    yargs
      .options({
        ...captureOptions(),
        ...retentionOptions(),
        ...copyOptions(),
        ...LOCK_OPTION,
        yes: {
          alias: "y",
          type: "boolean",
          default: false,
          describe: "Do not ask on a terminal before the gate restores",
        },
      })
      .example(
        "$0 run --s3target s3://my-bucket/blue --frequency 15 --max-restore-age 1440",
        "A backup every quarter of an hour; a new cluster gets the newest back if it is not older than a day",
      ),
  async handler(context) {
    const { settings, flags, log, signal, now } = context;
    rejectSamePlace(settings);
    const { Health } = await import("../health/health.ts");
    const health = new Health({ frequency: settings.frequencyMinutes * MINUTE, now });
    const { openRunMonitor } = await import("./run-monitor.ts");
    const watched = await openRunMonitor(context);
    const page = await openPage(context, watched);
    const probes = await serveProbes(settings.listen, health, {
      scrape: watched.scrape,
      document: page && ((path) => page.document(path)),
    });
    try {
      const onAnswer = () => health.progress();
      const leases = await openLeases(context, { lock: flags.lock });
      const { guard, beforeWrite } = leases;
      const parts = { ...context, onAnswer, guard, beforeWrite, ...watched.timing() };
      await withClusterAndStore(parts, async ({ client, store }) => {
        log.info({ version: VERSION, cluster: client.server, store: store.url }, "kube-backup starts");
        await rejectSharedNamespace(client, settings, signal);
        const approval = asksBeforeRun(context.surroundings, flags)
          ? await (await import("./ask-to-run.ts")).askToRun({ context, client, store }, signal)
          : undefined;
        const service = {
          settings,
          client,
          store,
          beforeWrite,
          health,
          log,
          now,
          leases,
          approval,
          watched,
          page,
        };
        const onWait = (holder: string) => health.standby(holder);
        const lease = { client, name: LOOP_LEASE, patience: { kind: "wait" }, onWait } as const;
        await using _events = await watched.tellCluster({ ...context, client });
        await using _news = await watched.tellOthers({ ...context, client });
        const work = (signal: AbortSignal) => watched.start(() => gateThenLoop(service, signal), signal);
        await leases.hold(lease, work, signal);
      });
    } finally {
      await probes?.close();
    }
  },
});

/** The status page, where the settings ask for one. */
async function openPage(
  { settings, now }: Pick<CommandContext<object, Needed>, "settings" | "now">,
  { monitor }: RunMonitor,
): Promise<ServedPage | undefined> {
  const { listen, statusPage = "off", frequencyMinutes, maxRestoreAgeMinutes } = settings;
  if (listen === undefined || statusPage === "off") return undefined;
  const { ServedPage } = await import("./status-page/served-page.ts");
  return new ServedPage({
    ...{ monitor, tells: statusPage, now },
    ...{ interval: frequencyMinutes * MINUTE, maxRestoreAge: maxRestoreAgeMinutes * MINUTE },
  });
}

async function serveProbes(
  listen: Settings["listen"],
  health: Health,
  served: Served,
): Promise<ListeningServer | undefined> {
  if (listen === undefined) return undefined;
  const { serveHealth } = await import("../health/server.ts");
  return await serveHealth(health, listen, served);
}

interface Service {
  settings: SettingsWith<"frequencyMinutes" | "maxRestoreAgeMinutes">;
  client: ApiClient;
  store: Store;
  /** Called before a backup appears or is removed. */
  beforeWrite: Leases["beforeWrite"];
  health: Health;
  log: Log;
  now: () => Date;
  leases: Leases;
  /** What a person approved; undefined where nobody was asked. */
  approval: RunApproval | undefined;
  watched: RunMonitor;
  page: ServedPage | undefined;
}

async function gateThenLoop(
  { settings, leases, approval, beforeWrite, watched, page, ...service }: Service,
  signal: AbortSignal,
): Promise<void> {
  const [
    { passGate },
    { CLOCK_ALLOWANCE },
    { checkCluster },
    { restoreArchive },
    { backupLoop },
    { takeBackup },
    { sweepLeftOvers },
    { inspectBackup },
    { ownBackup, strangerWarning },
    { findNotKept, keepsOthers },
    { describeNotKept },
    { orNothing, withAll },
    { noteOptions },
    { readClusterId },
    { reportGateRestore },
    { BackupsFirst },
  ] = await Promise.all([
    import("../restore-gate/restore-gate.ts"),
    import("../restore-gate/decide.ts"),
    import("../restore/foreign-cluster.ts"),
    import("../restore/restore-archive.ts"),
    import("../backup/loop.ts"),
    import("../backup/take-backup.ts"),
    import("../backup/left-overs.ts"),
    import("../catalog/inspect-backup.ts"),
    import("./strangers.ts"),
    import("../backup/not-kept.ts"),
    import("../archive/format/not-kept.ts"),
    import("../trust/believed-store.ts"),
    import("../command-line/note-options.ts"),
    import("../cluster/objects.ts"),
    import("./report-gate.ts"),
    import("../rehearse/backups-first.ts"),
  ]);
  const { client, log, health } = service;
  health.gateBegins();
  const restoreLease = {
    ...{ client, name: RESTORE_LEASE, patience: { kind: "wait" } as const },
    onWait: () => health.progress(),
  };
  const warnOfClock = clockWarning(service);
  watched.watchStore({ ...service, settings }, signal);
  page?.watch(async (signal) => {
    const { readPageFacts } = await import("./status-page/page-facts.ts");
    return await readPageFacts({ ...service, store: orNothing(service.store), settings }, signal);
  }, signal);
  await passGate(
    {
      ...service,
      maxRestoreAge: settings.maxRestoreAgeMinutes * MINUTE,
      expectBackup: settings.expectBackup,
      clusterName: settings.clusterName,
      restoreCluster: settings.restoreCluster,
      restoreTo: settings.restoreTo,
      encryptedOnly: settings.ageRecipients !== undefined,
      programNamespace: settings.programNamespace,
      identity: leases.identity,
      observer: watched.gate,
      onRestored: (restored) =>
        reportGateRestore({ ...service, settings, identity: leases.identity }, restored, signal),
      alone: (work, signal) => leases.hold(restoreLease, work, signal),
      check: (archive, recorded, signal) => {
        rejectUnapproved(archive.name, approval);
        const intoEmptyOnly = settings.restoreIntoEmptyOnly;
        const { programNamespace } = settings;
        return checkCluster({ client, archive, log, intoEmptyOnly, programNamespace, recorded }, signal);
      },
      restore: (archive, run, signal) => {
        const { keepKubeSystem } = settings;
        return restoreArchive(
          { client, archive, log, keepKubeSystem, updateOvertaken: true, ...run },
          signal,
        );
      },
    },
    signal,
  );
  warnOfClock();
  const interval = settings.frequencyMinutes * MINUTE;
  const program = { version: VERSION, commit: COMMIT };
  let notKept = await findNotKept(client, captureScope(settings), signal);
  for (const line of describeNotKept(notKept)) log.info(line);
  // Of the gate, a store without a backup that is believed was an error.
  const looped = { ...service, store: orNothing(service.store) };
  const { store, now } = looped;
  const cluster = await readClusterId(client, signal);
  const notes = noteOptions({ settings, store, cluster, log, now });
  const warnOfStrangers = strangerWarning(looped, settings.maxRestoreAgeMinutes * MINUTE);
  const pruning = await createPruning(settings, looped);
  // After the gate: what is wrong with the bucket's object lock must not keep a cluster from being restored.
  await store.prepare(signal);
  await using copies = await openCopies(settings, { ...looped, beforeWrite });
  const confirm = (signal: AbortSignal) => leases.guard.confirm(signal);
  await using changes = await recordChanges({ settings, service: looped, confirm, watched, signal });
  const backupsFirst = new BackupsFirst();
  await using _rehearsals = await openRehearsals(
    { ...looped, settings, cluster, watched, idle: (signal) => backupsFirst.idle(signal) },
    signal,
  );
  await backupLoop(
    {
      ...looped,
      early: changes?.early,
      copy: copies?.run,
      prune: pruning?.prune,
      sweep: (signal) => sweepLeftOvers(service, signal),
      frequency: interval,
      clockAllowance: CLOCK_ALLOWANCE,
      canBeRead: async (name, signal) => (await inspectBackup(store, name, signal))?.state !== "damaged",
      isOwn: ownBackup(looped),
      observer: watched.loop,
      onListed: warnOfClock,
      onIdle: giveMemoryBack,
      take: async (signal) => {
        const what = {
          ...captureScope(settings),
          recipients: settings.ageRecipients,
          interval,
          program,
          notes,
        };
        const take = (observer?: BackupObserver) =>
          takeBackup({ ...looped, store: withAll(store), ...what, observer }, signal);
        const taken = await backupsFirst.during(() => changes?.follow(take, signal) ?? take());
        pruning?.stored(taken);
        copies?.stored(taken);
        await warnOfStrangers(taken, signal);
        const { notKept: now = [] } = taken.manifest;
        if (keepsOthers(notKept, now)) for (const line of describeNotKept(now)) log.info(line);
        notKept = now;
        return taken;
      },
    },
    signal,
  );
}

/** Begins the rehearsals, where the settings ask for them. */
async function openRehearsals(
  {
    settings,
    watched,
    ...service
  }: Pick<Service, "store" | "log" | "now" | "watched"> & {
    settings: Settings;
    cluster: string | undefined;
    idle: (signal: AbortSignal) => Promise<void>;
  },
  signal: AbortSignal,
): Promise<AsyncDisposable | undefined> {
  const { rehearse } = settings;
  if (rehearse === undefined) return undefined;
  const { startRehearsals } = await import("./run-rehearsals.ts");
  const { monitor } = watched;
  return await startRehearsals({ ...service, settings: { ...settings, rehearse }, monitor }, signal);
}

/** The change log beside the loop. */
interface RecordedChanges extends AsyncDisposable {
  early: EarlyBackup;
  follow: FollowBackup;
}

/** How long what has come may take to be stored when the program ends, in milliseconds. */
const LAST_FLUSH = 4_000;

/** Begins the change log, where the settings ask for one: it runs beside the loop until the signal aborts. */
async function recordChanges({
  settings: { changeLog, clusterName, signingKey, ageRecipients },
  service: { client, store, now, log },
  watched,
  confirm,
  signal,
}: {
  settings: Settings;
  service: Pick<Service, "client" | "store" | "now" | "log">;
  watched: RunMonitor;
  confirm: Leases["guard"]["confirm"];
  signal: AbortSignal;
}): Promise<RecordedChanges | undefined> {
  if (changeLog === undefined || changeLog === "off") return undefined;
  const [{ openChangeRecorder }, { EarlyBackup }, { followBackup }] = await Promise.all([
    import("../command-line/change-recorder.ts"),
    import("../backup/early-backup.ts"),
    import("../change-log/recording/follow-backup.ts"),
  ]);
  const early = new EarlyBackup();
  // Nobody knows what happened since the last one.
  early.want();
  const recorder = openChangeRecorder({
    ...{ client, store, now, log, clusterName, signingKey, confirm },
    ...{ flushEvery: changeLog, recipients: ageRecipients, onNeedsBackup: () => early.want() },
    observer: watched.changeLog,
  });
  watched.recordedBy(recorder);
  const running = recorder.run(signal).catch((error: unknown) => {
    if (!signal.aborted)
      log.error({ err: error }, "Change log ends, and stays off until the program starts again");
  });
  const finish = async () => {
    await running;
    await recorder.finish(AbortSignal.timeout(LAST_FLUSH));
  };
  return { early, follow: followBackup(recorder, now), [Symbol.asyncDispose]: finish };
}

/**
 * @throws {OperatorError} where the gate would restore another backup than the one whose plan was approved: a newer one
 * has come meanwhile.
 */
function rejectUnapproved(name: string, approval: RunApproval | undefined): void {
  if (approval === undefined || approval.backup === name) return;
  throw new OperatorError(`Cannot restore ${name}: its plan was not shown and approved`, {
    advice: "Start kube-backup run again to see it, or add --yes to restore without a question",
  });
}

/** What prunes after a backup; undefined without retention rules. */
async function createPruning(
  settings: Settings,
  service: Omit<Service, "settings" | "leases" | "approval" | "beforeWrite" | "watched" | "page">,
): Promise<
  { prune: (signal: AbortSignal) => Promise<void>; stored: (backup: TakenBackup) => void } | undefined
> {
  const rules = rulesOf(settings);
  if (rules === undefined) return undefined;
  const [
    { rejectUncheckedRemoval },
    { pruneAfterBackup },
    { KnownBackups },
    { judgmentOfManifest },
    { withAll },
    { openStoredTags },
  ] = await Promise.all([
    import("../trust/signed-notes.ts"),
    import("../retention/prune-after-backup.ts"),
    import("../retention/known-backups.ts"),
    import("../retention/archive-judge.ts"),
    import("../trust/believed-store.ts"),
    import("../command-line/stored-tags.ts"),
  ]);
  const known = new KnownBackups();
  const tags = openStoredTags({ settings, ...service });
  const { keepTags, keepLog, acceptSmaller } = settings;
  const policy = { rules, keepTags, keepLog, minAge: minAgeOf(settings), acceptSmaller };
  const records = { keep: keepReportsOf(settings), store: withAll(service.store), known: new Map() };
  const toldOfLog = new Set<string>();
  return {
    prune: async (signal) => {
      const { store } = service;
      await rejectUncheckedRemoval({ ...settings, store }, signal);
      const beforeRemoval = (removing: readonly StoredBackup[], signal: AbortSignal) =>
        rejectUncheckedRemoval({ ...settings, store, removing }, signal);
      const remembered = { known, tags, records, toldOfLog };
      await pruneAfterBackup({ ...service, ...remembered, policy, beforeRemoval }, signal);
    },
    // The store has confirmed the checksums of what was sent: this process need not read it again.
    stored: ({ name, etag, manifest }) =>
      known.set({ name, etag }, judgmentOfManifest(manifest), { checked: true }),
  };
}

/** What copies backups to the second store; undefined without one. */
async function openCopies(
  settings: Settings,
  { store, log, now, beforeWrite }: Pick<Service, "store" | "log" | "now" | "beforeWrite">,
): Promise<
  | (AsyncDisposable & { run: (signal: AbortSignal) => Promise<void>; stored: (backup: TakenBackup) => void })
  | undefined
> {
  const { copyTo, allowedSigners, unsigned } = settings;
  if (copyTo === undefined) return undefined;
  const { CopiesAfterBackups } = await import("../copy/copies-after-backups.ts");
  const to = await openSecondStore({ settings: { ...settings, copyTo }, log, now, beforeWrite });
  const signers = unsigned ? undefined : allowedSigners;
  const copies = new CopiesAfterBackups({ from: store, to, signers, now, log });
  return {
    run: (signal) => copies.run(signal),
    stored: ({ name, manifest }) => copies.stored({ name, time: new Date(manifest.time) }),
    [Symbol.asyncDispose]: () => to.close(),
  };
}
