import { parseTimeline } from "../../change-log/format/segment-name.ts";
import { listSegments } from "../../change-log/replay/list-segments.ts";
import type { PlannedSegment } from "../../change-log/replay/plan-moment.ts";
import { readSegment } from "../../change-log/replay/read-segments.ts";
import { SegmentReader } from "../../change-log/replay/segment-reader.ts";
import { OperatorError } from "../../errors.ts";
import type { Store, StoredBackup } from "../../store/contract/store.ts";
import { type CalendarLength, momentBefore } from "../../time/calendar-length.ts";
import {
  type BaseBackup,
  decideTimeline,
  type JudgedSegment,
  type TimelineDecision,
} from "./decide-timeline.ts";

/** How long it may take from the beginning of a backup to its resource version, in milliseconds. */
const TO_REVISION = 15 * 60_000;
/** How far into the range the first base is looked for before all of it is listed, in milliseconds. */
const FIRST_BASE = 24 * 60 * 60_000;

/** KEEP_LOG. */
interface LogPolicy {
  keep: CalendarLength;
  /** Whoever reads has so long, in milliseconds: the range is longer by as much. */
  minAge: number;
}

/** Options of {@link planLog}. */
export interface PlanLogOptions extends LogPolicy {
  store: Pick<Store, "segments" | "url">;
  /** The backups that stay, in any order. */
  backups: readonly Pick<StoredBackup, "name" | "time">[];
  now: Date;
  /** Nothing before this time is led to, where backups were removed: none before it is left. */
  oldest?: Date | undefined;
}

/** What KEEP_LOG keeps and removes. */
export interface LogPlan {
  /** The names of the backups that the range begins with. */
  needed: ReadonlySet<string>;
  removed: readonly PlannedSegment[];
}

/**
 * When the range begins in which any moment can be read, and what was in it while somebody may still read. It is reckoned
 * from the newest backup, and not from now, so that nothing is lost where backups have ceased.
 */
function beginOfLog(
  { keep, minAge }: LogPolicy,
  backups: readonly Pick<StoredBackup, "time">[],
  now: Date,
): Date | undefined {
  const past = backups.map(({ time }) => time.getTime()).filter((time) => time <= now.getTime());
  if (past.length === 0) return undefined;
  return new Date(momentBefore(new Date(Math.max(...past)), keep).getTime() - minAge);
}

/**
 * Plans what of the change log goes. Lists what is older than the range, and of each timeline in it the beginning.
 *
 * @throws {OperatorError} where the store cannot be listed.
 */
export async function planLog(options: PlanLogOptions, signal: AbortSignal): Promise<LogPlan> {
  const { store, backups, now, oldest } = options;
  const reader = new SegmentReader(store);
  const needed = new Set<string>();
  const removed: PlannedSegment[] = [];
  const range = beginOfLog(options, backups, now);
  if (range === undefined) return { needed, removed };
  const begin = oldest !== undefined && oldest > range ? oldest : range;
  const timelines = await Array.fromAsync(store.segments.timelines(signal));
  const latest = new Map(timelines.map((each) => [parseTimeline(each)?.cluster, each]));
  for (const timeline of timelines) {
    const cluster = parseTimeline(timeline)?.cluster;
    if (cluster === undefined) continue;
    const isLatest = latest.get(cluster) === timeline;
    const decision = await decideOf({ reader, backups }, { timeline, isLatest, begin }, signal);
    if (decision.needed !== undefined) needed.add(decision.needed);
    for (const segment of decision.removed) removed.push(segment);
  }
  return { needed, removed };
}

/** What reads segments, and the backups that there are. */
interface LogSource extends Pick<PlanLogOptions, "backups"> {
  reader: SegmentReader;
}

async function decideOf(
  source: LogSource,
  { timeline, isLatest, begin }: { timeline: string; isLatest: boolean; begin: Date },
  signal: AbortSignal,
): Promise<TimelineDecision> {
  const judge = async (segment: PlannedSegment): Promise<BaseBackup | undefined> =>
    segment.isBase ? await backupOf(segment, source, signal) : undefined;
  const near = new Date(begin.getTime() + FIRST_BASE);
  const list = async (until?: Date) => await listSegments(source.reader, { timeline, until }, signal);
  let all = await list(near);
  let isAll = (all.at(-1)?.until ?? begin) < near;
  const before = all.filter(({ until }) => until < begin);
  const reaches = all.length > before.length;
  if (!reaches) {
    const segments = isLatest ? await judgedBackwards(before, judge) : before.map(unjudged);
    return decideTimeline({ segments, reaches, isLatest }, begin);
  }
  const segments = await judgedBackwards(before, judge);
  if (segments.some(isUsable)) return decideTimeline({ segments, reaches, isLatest }, begin);
  for (let index = before.length; ; index += 1) {
    if (index === all.length && !isAll) {
      all = await list();
      isAll = true;
    }
    const segment = all[index];
    if (segment === undefined) break;
    const first = { segment, backup: await judge(segment) };
    if (!isUsable(first)) continue;
    segments.push(first);
    break;
  }
  return decideTimeline({ segments, reaches, isLatest }, begin);
}

function isUsable({ backup }: JudgedSegment): boolean {
  return backup !== undefined && backup !== "gone";
}

/** Judges bases from the last one back, up to the first that can be used: no other is needed. */
async function judgedBackwards(
  before: readonly PlannedSegment[],
  judge: (segment: PlannedSegment) => Promise<BaseBackup | undefined>,
): Promise<JudgedSegment[]> {
  const judged = before.map(unjudged);
  for (const each of judged.toReversed()) {
    each.backup = await judge(each.segment);
    if (isUsable(each)) break;
  }
  return judged;
}

function unjudged(segment: PlannedSegment): JudgedSegment {
  return { segment, backup: undefined };
}

/** The backup of a base: by the header, and for whom it is encrypted by the time at which it began. */
async function backupOf(
  segment: PlannedSegment,
  { reader, backups }: LogSource,
  signal: AbortSignal,
): Promise<BaseBackup> {
  const found = (name: string | undefined): BaseBackup =>
    name !== undefined && backups.some((backup) => backup.name === name) ? { name } : "gone";
  try {
    return found((await readSegment(reader, segment, signal)).header.base);
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof OperatorError)) throw error;
  }
  const until = segment.until.getTime();
  const near = backups
    .filter(({ time }) => time.getTime() <= until && time.getTime() > until - TO_REVISION)
    .sort((one, other) => other.time.getTime() - one.time.getTime());
  return near[0] === undefined ? "unknown" : { name: near[0].name };
}
