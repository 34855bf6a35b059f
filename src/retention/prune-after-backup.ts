import { OperatorError } from "../errors.ts";
import { LockedError } from "../store/contract/locked-error.ts";
import { sideKey } from "../store/contract/side-objects.ts";
import type { Store, StoredBackup } from "../store/contract/store.ts";
import type { Log } from "../terminal/log/log.ts";
import type { CalendarLength } from "../time/calendar-length.ts";
import type { RetentionPolicy } from "./decide.ts";
import { type TagSource, tagReasons } from "./keep-tags.ts";
import type { KnownBackups } from "./known-backups.ts";
import { planOldSegments } from "./log/old-segments.ts";
import { planPruningOf } from "./plan.ts";
import { type KnownNotes, planRecords } from "./plan-records.ts";
import { removeBackups } from "./remove-backups.ts";
import { removeLog } from "./remove-log.ts";
import { removeRecords } from "./remove-records.ts";
import { TaggedError } from "./tagged-error.ts";

/** How long notes and reports outlive their backups; without end where `keep` is undefined. */
interface RecordsPolicy {
  keep: CalendarLength | undefined;
  /** The store with all of its backups. */
  store: Store;
  /** What the process knows of notes, from one pruning to the next. */
  known: KnownNotes;
}

/** The most notes and reports that one round looks at: the next one goes on. */
const MOST_RECORDS = 1_000;

/** The most segments of the change log that one round removes: the next one goes on. */
const MOST_SEGMENTS = 10_000;

/** Options of {@link pruneAfterBackup}. */
export interface PruneAfterBackupOptions {
  store: Store;
  policy: RetentionPolicy;
  /** What the process knows of backups, from one pruning to the next. */
  known: KnownBackups;
  tags: TagSource;
  /** Which notes and reports go, and tags whose backup is gone; none by default. */
  records?: RecordsPolicy | undefined;
  /** What was told of the change log, from one pruning to the next: a pack that is damaged stays so, and is told once. */
  toldOfLog?: Set<string> | undefined;
  /** Throws where these may not be removed. */
  beforeRemoval?: ((removing: readonly StoredBackup[], signal: AbortSignal) => Promise<void>) | undefined;
  now: () => Date;
  log: Log;
}

/**
 * Removes the backups that no rule keeps, and logs the result. Nobody can confirm: if there is a reason
 * not to remove some, the function logs a warning and removes none of these.
 *
 * @throws {OperatorError} when the store cannot be read.
 */
export async function pruneAfterBackup(
  {
    store,
    policy,
    known,
    tags,
    records,
    toldOfLog = new Set(),
    beforeRemoval,
    now,
    log,
  }: PruneAfterBackupOptions,
  signal: AbortSignal,
): Promise<void> {
  // Whatever goes in this round goes by one moment.
  const asOf = now();
  const { decisions, heldBack } = await planPruningOf({ store, policy, known, tags, now: asOf }, signal);
  const refused = new Set(heldBack.flatMap(({ names }) => names));
  const removing = decisions
    .filter(({ keep, backup }) => !keep && !refused.has(backup.name))
    .map(({ backup }) => backup);
  const kept = decisions.length - removing.length;
  for (const { reason, advice, names } of heldBack) {
    const what = removing.length === 0 ? "NOTHING IS REMOVED" : "NOT ALL IS REMOVED";
    log.warn({ notRemoved: names.length, advice }, `${what}: ${reason}`);
  }
  warnOfDamaged({ decisions, known, log });
  if (removing.length > 0) await beforeRemoval?.(removing, signal);
  const ended = await removeBackups(
    { store, backups: removing, tags, keptBy: (of) => tagReasons(of, policy.keepTags) },
    signal,
  );
  const removed = [...ended].filter(([, error]) => error === undefined).map(([name]) => name);
  if (removed.length > 0) log.info({ removed: removed.length, kept, backups: removed }, "Backups removed");
  const locked = [...ended].filter(([, error]) => error instanceof LockedError).map(([name]) => name);
  const tagged = [...ended].filter(([, error]) => error instanceof TaggedError).map(([name]) => name);
  if (tagged.length > 0)
    log.info(
      { tagged: tagged.length, backups: tagged },
      "Backups stay, since they have been tagged meanwhile",
    );
  // Nothing is wrong with these: the lock ends, and a later pruning removes them.
  if (locked.length > 0)
    log.info({ locked: locked.length, backups: locked }, "Backups stay, since an object lock keeps them");
  for (const [name, error] of ended) {
    if (error === undefined || error instanceof LockedError || error instanceof TaggedError) continue;
    log.error({ backup: name, err: error }, "Backup not removed");
  }
  signal.throwIfAborted();
  // Where something is wrong with the backups, what tells of them stays.
  if (heldBack.length > 0 || decisions.length === 0) return;
  await removeOldLog({ store, policy, decisions, removed, now: asOf, log, told: toldOfLog }, signal);
  if (records === undefined) return;
  const there = decisions.map(({ backup: { name } }) => name);
  await removeOldRecords({ ...records, there, now: asOf, log }, signal);
}

/** Removes what the change log has of the time before the oldest backup, and before KEEP_LOG. That it fails is a warning. */
async function removeOldLog(
  {
    store,
    policy: { keepLog: keep, minAge },
    decisions,
    removed,
    now,
    log,
    told,
  }: Pick<PruneAfterBackupOptions, "store" | "policy" | "log"> & {
    decisions: readonly { backup: StoredBackup }[];
    removed: readonly string[];
    now: Date;
    told: Set<string>;
  },
  signal: AbortSignal,
): Promise<void> {
  const gone = new Set(removed);
  const backups = decisions.map(({ backup }) => backup).filter(({ name }) => !gone.has(name));
  try {
    const most = MOST_SEGMENTS;
    const old = await planOldSegments({ store, keep, minAge, backups, now, most }, signal);
    const ended = await removeLog({ segments: store.segments, removed: old }, signal);
    const segments = [...ended].filter(([, error]) => error === undefined).map(([segment]) => segment);
    const last = segments.reduce((latest, { until }) => Math.max(latest, until.getTime()), 0);
    if (segments.length > 0)
      log.info(
        { removed: segments.length, until: new Date(last).toISOString() },
        "Old changes removed from the change log",
      );
    const failed = [...ended.values()].filter(
      (error) => error !== undefined && !(error instanceof LockedError),
    );
    if (failed.length > 0)
      log.warn({ err: failed[0], segments: failed.length }, "Old changes not removed from the change log");
  } catch (error) {
    if (!(error instanceof OperatorError)) throw error;
    const message = "Old changes not removed from the change log";
    if (told.has(error.message)) log.debug({ err: error }, message);
    else log.warn({ err: error }, message);
    told.add(error.message);
  }
  signal.throwIfAborted();
}

/** Removes notes and reports that have outlived their backups for long enough. That it fails is a warning. */
async function removeOldRecords(
  { log, ...records }: RecordsPolicy & { there: readonly string[]; now: Date; log: Log },
  signal: AbortSignal,
): Promise<void> {
  try {
    const places = await planRecords({ ...records, most: MOST_RECORDS }, signal);
    const ended = await removeRecords({ ...records, places }, signal);
    const gone = [...ended].filter(([, error]) => error === undefined).map(([place]) => place);
    const tags = gone.filter(({ folder }) => folder === "tags").length;
    const removed = gone.length - tags;
    if (removed > 0) log.info({ removed }, "Old notes and reports removed");
    if (tags > 0) log.info({ removed: tags }, "Tags removed whose backups are gone");
    for (const [place, error] of ended) {
      if (error === undefined) continue;
      const what = { object: sideKey(place), err: error };
      if (error instanceof LockedError) log.debug(what, "An old note stays, since an object lock keeps it");
      else log.warn(what, "Old note or report not removed");
    }
  } catch (error) {
    if (!(error instanceof OperatorError)) throw error;
    log.warn({ err: error }, "Old notes and reports not removed");
  }
  signal.throwIfAborted();
}

/** Once for each backup: what is damaged stays, and somebody should know. */
function warnOfDamaged({
  decisions,
  known,
  log,
}: {
  decisions: readonly { backup: StoredBackup }[];
  known: KnownBackups;
  log: Log;
}): void {
  for (const { backup } of decisions) {
    const judgment = known.get(backup)?.judgment;
    if (judgment?.state !== "damaged" || !known.tellOnce(backup)) continue;
    log.warn(
      {
        backup: backup.name,
        reason: judgment.reason,
        advice: "kube-backup prune --remove-damaged removes it",
      },
      "This backup is damaged: it counts for no rule, and stays",
    );
  }
}
