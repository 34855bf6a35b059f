import { DamagedArchiveError } from "../../archive/format/damaged-archive-error.ts";
import { openArchive } from "../../archive/reader.ts";
import type { OpenBackup } from "../../catalog/open-backup.ts";
import { stampOf } from "../../change-log/format/segment-name.ts";
import { listSegments } from "../../change-log/replay/list-segments.ts";
import { openRevision } from "../../change-log/replay/open-revision.ts";
import { type ReplayRange, rangesToRevision } from "../../change-log/replay/plan-moment.ts";
import { readSegment, readSegments } from "../../change-log/replay/read-segments.ts";
import { SegmentReader } from "../../change-log/replay/segment-reader.ts";
import { OperatorError } from "../../errors.ts";
import type { Store } from "../../store/contract/store.ts";
import type { Log } from "../../terminal/log/log.ts";
import { rfc3339 } from "../../time/rfc3339.ts";
import { amount } from "../../words/amount.ts";
import { findLoss, type HeldObjects, type Loss, type LossRecord } from "./find-loss.ts";
import type { RecordedMoment } from "./recorded-moment.ts";

/** A loss is looked for from a backup on that is at least so old, where there is one: the last one may be of amid the loss. */
const LOOK_BACK = 60 * 60_000;
/** How far before that such a backup is looked for. */
const SEARCHED = 24 * 60 * 60_000;

/** Options of {@link openNewestMoment} and {@link openRecordedMoment}. */
export interface OpenMomentOptions {
  store: Store;
  log: Log;
  onProgress?: (() => void) | undefined;
}

/** A moment that is open for a restore. */
export interface OpenedMoment {
  opened: OpenBackup;
  moment: RecordedMoment;
}

/**
 * Opens the newest moment of a change log, or, where the cluster has lost much by then, the last one before that began; the
 * log says so.
 *
 * @throws {OperatorError} where the change log cannot be read.
 */
export async function openNewestMoment(
  options: OpenMomentOptions & { moment: RecordedMoment },
  signal: AbortSignal,
): Promise<OpenedMoment> {
  const { log, moment } = options;
  try {
    const before = await beforeLoss(options, signal);
    if (before !== undefined) {
      const { loss, moment: last } = before;
      log.warn(
        { newest: moment.time.toISOString(), restored: last.time.toISOString(), namespaces: loss.namespaces },
        `At the newest moment of the change log, ${describeLoss(loss)}: restoring the last moment before, ${last.time.toISOString()}`,
      );
    }
    return await openRecordedMoment({ ...options, moment: before?.moment ?? moment }, signal);
  } catch (error) {
    if (!(error instanceof OperatorError)) throw error;
    throw new OperatorError(`Cannot restore the newest moment: ${error.message}`, {
      cause: error,
      advice: "To restore the newest backup instead, set RESTORE_TO to backup",
    });
  }
}

/**
 * Opens a moment that is known. It starts from another backup where its own is damaged and an earlier one leads to it too.
 *
 * @throws {DamagedArchiveError} where all of these are damaged.
 * @throws {OperatorError} where the change log cannot be read.
 */
export async function openRecordedMoment(
  {
    store,
    log,
    onProgress,
    moment,
    exactly,
  }: OpenMomentOptions & { moment: RecordedMoment; exactly?: boolean },
  signal: AbortSignal,
): Promise<OpenedMoment> {
  const { timeline, revision, time } = moment;
  const onDamaged = (err: DamagedArchiveError) =>
    log.error(
      { backup: err.backup, err },
      "This backup is damaged: the moment is restored from the backup before, if the change log leads on from there",
    );
  const backup = exactly === true ? moment.backup : undefined;
  const replay = await openRevision(
    { store, timeline, revision, certain: time, backup, onProgress, onDamaged },
    signal,
  );
  const { archive, base, changes, encrypted } = replay;
  log.info({ backup: base, timeline, revision, changes }, `The change log leads to ${time.toISOString()}`);
  const opened = { name: archive.name, etag: undefined, archive, encrypted, close: async () => {} };
  return { opened, moment: { ...moment, backup: base } };
}

/** The last moment before a loss; undefined where there was none. */
async function beforeLoss(
  options: OpenMomentOptions & { moment: RecordedMoment },
  signal: AbortSignal,
): Promise<{ loss: Loss; moment: RecordedMoment } | undefined> {
  const { store, moment } = options;
  const { timeline } = moment;
  for (const range of await rangesToJudge(store, moment, signal)) {
    const since = await readChanges(options, range, signal);
    const held = since && (await heldBy(store, since.backup, signal));
    if (since === undefined || held === undefined) continue;
    const { backup, records } = since;
    const loss = findLoss(held, records);
    if (loss === undefined) return undefined;
    const began = loss.began.toISOString();
    const revision = records.findLast(({ time }) => time < began)?.revision ?? range.base.revision;
    const time = new Date(Math.max(loss.began.getTime() - 1, range.base.until.getTime()));
    return { loss, moment: { timeline, revision, time, backup } };
  }
  return undefined;
}

/** The ranges by which a loss is looked for, the best first: the nearest that is long enough, and otherwise the longest. */
async function rangesToJudge(
  store: Store,
  { timeline, revision, time }: RecordedMoment,
  signal: AbortSignal,
): Promise<ReplayRange[]> {
  const after = stampOf(new Date(time.getTime() - LOOK_BACK - SEARCHED));
  const reader = new SegmentReader(store);
  const near = await listSegments(reader, { timeline, after }, signal);
  const found = rangesToRevision(near, revision);
  const ranges =
    found.length > 0 ? found : rangesToRevision(await listSegments(reader, { timeline }, signal), revision);
  const isLong = ({ base }: ReplayRange) => time.getTime() - base.until.getTime() >= LOOK_BACK;
  return [...ranges.filter(isLong), ...ranges.filter((each) => !isLong(each)).reverse()];
}

/** The changes of a range, without the objects, which may take much memory; undefined where its backup is gone. */
async function readChanges(
  { store, onProgress }: OpenMomentOptions,
  { base, following }: ReplayRange,
  signal: AbortSignal,
): Promise<{ backup: string; records: LossRecord[] } | undefined> {
  const reader = new SegmentReader(store);
  const backup = (await readSegment(reader, base, signal)).header.base;
  if (backup === undefined || !(await store.has(backup, signal))) return undefined;
  const records: LossRecord[] = [];
  for await (const segment of readSegments(reader, [base, ...following], signal)) {
    onProgress?.();
    if (segment.header.number === base.number) continue;
    for (const { object: _, managers: _m, owners: _o, status: _s, ...record } of segment.records)
      records.push(record);
  }
  return { backup, records };
}

/** What a backup holds, by its manifest; undefined where it is damaged. */
async function heldBy(store: Store, backup: string, signal: AbortSignal): Promise<HeldObjects | undefined> {
  const source = await store.open(backup, signal);
  try {
    const { files } = await openArchive(source, signal);
    let total = 0;
    const byNamespace = new Map<string, number>();
    for (const { content, namespace, objects = 0 } of files) {
      if (content !== "objects") continue;
      total += objects;
      if (namespace !== undefined) byNamespace.set(namespace, (byNamespace.get(namespace) ?? 0) + objects);
    }
    return { total, byNamespace };
  } catch (error) {
    if (error instanceof DamagedArchiveError) return undefined;
    throw error;
  } finally {
    await source.close();
  }
}

function describeLoss({ objects, of, namespaces, began }: Loss): string {
  const [first, ...others] = namespaces;
  const what =
    first === undefined
      ? `${objects} of ${amount(of, "object")} were deleted`
      : `the namespace ${first}${others.length > 0 ? ` and ${others.length} more` : ""} was lost, ${objects} of ${amount(of, "object")} in all`;
  return `${what}, from ${rfc3339(began)} on`;
}
