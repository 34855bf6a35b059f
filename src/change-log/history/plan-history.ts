import type { PlannedSegment } from "../replay/plan-moment.ts";

/** The names of backups have whole seconds; in milliseconds. */
const SECOND = 1_000;

/** A timeline, and its segments in the order of their names. */
export interface ListedTimeline {
  timeline: string;
  segments: readonly PlannedSegment[];
}

/** A backup, as far as a plan needs it. */
export interface PlannedBackup {
  name: string;
  time: Date;
}

/** The time that a history is of. */
export interface HistoryRange {
  since: Date;
  until: Date;
}

/** What one timeline tells. */
export interface RecordedPart {
  kind: "recorded";
  /** From the first base on. */
  segments: readonly PlannedSegment[];
  /** Indexes of the bases that the reading may start from, the best first: those before have more to read. */
  starts: readonly number[];
}

/** What only backups tell: each is compared with the one before. */
export interface ComparedPart {
  kind: "compared";
  backups: readonly PlannedBackup[];
}

/** A part of a history. Between two parts that follow each other, the states at their edges are compared. */
export type HistoryPart = RecordedPart | ComparedPart;

/**
 * Plans what tells the history of a range: the change log where there is one, and backups before, between and behind its
 * timelines.
 *
 * @param timelines in the order in which they began.
 * @param backups in the order of time: those of the range, and the newest before it.
 */
export function planHistory(
  timelines: readonly ListedTimeline[],
  backups: readonly PlannedBackup[],
  { since, until }: HistoryRange,
): HistoryPart[] {
  const parts: HistoryPart[] = [];
  let from: Date | undefined;
  const ranges = recorded(timelines).filter(({ begin }) => begin <= until);
  for (const [index, { segments, begin, end }] of ranges.entries()) {
    // What ended before the range is told from only where the state at its beginning is known from nothing else.
    const isKnownFrom = (time: Date | undefined) => time !== undefined && time > end && time <= since;
    const isEarly = end < since;
    if (isEarly && [ranges[index + 1]?.begin, ...backups.map(({ time }) => time)].some(isKnownFrom)) continue;
    parts.push(...comparedPart(backups, { after: from, before: begin, since }));
    parts.push(recordedPart(segments, { since, until }));
    from = end;
  }
  if (from !== undefined && from >= until) return parts;
  return [...parts, ...comparedPart(backups, { after: from, before: undefined, since })];
}

/** A time of which no timeline tells: backups of it, and no others, are in a plan. */
export interface Unrecorded {
  /** Undefined before the first timeline. */
  after: Date | undefined;
  /** Undefined after the last one. */
  before: Date | undefined;
}

/** The times of a range of which only backups can tell. */
export function unrecordedTimes(
  timelines: readonly ListedTimeline[],
  { since, until }: HistoryRange,
): Unrecorded[] {
  const ranges = recorded(timelines).filter(({ begin }) => begin <= until);
  const edges = [undefined, ...ranges.map(({ end }) => end)];
  return edges.flatMap((after, index) => {
    const before = ranges[index]?.begin;
    const isOutside = (before !== undefined && before <= since) || (after !== undefined && after >= until);
    return isOutside ? [] : [{ after, before }];
  });
}

/** What a timeline tells of. */
interface Recorded {
  segments: PlannedSegment[];
  begin: Date;
  end: Date;
}

/** What each timeline tells of: from its first base on, up to the beginning of the next timeline. */
function recorded(timelines: readonly ListedTimeline[]): Recorded[] {
  const ranges: Recorded[] = [];
  for (const timeline of timelines) {
    const segments = timeline.segments.slice(timeline.segments.findIndex(({ isBase }) => isBase));
    const [begin, end] = [segments[0], segments.at(-1)?.until];
    if (begin?.isBase !== true || end === undefined) continue;
    const before = ranges.at(-1);
    // Somebody has recorded beside another one, and not as long.
    if (before !== undefined && before.end > end) continue;
    if (before !== undefined && before.end > begin.until) cut(before, begin.until);
    ranges.push({ segments, begin: begin.until, end });
  }
  return ranges;
}

/** Takes off what is later than a time; the first base stays. */
function cut(range: Recorded, time: Date): void {
  const beyond = range.segments.findIndex(({ until }) => until > time);
  range.segments.splice(Math.max(1, beyond));
  range.end = (range.segments.at(-1) as PlannedSegment).until;
}

function recordedPart(all: readonly PlannedSegment[], { since, until }: HistoryRange): RecordedPart {
  const last = all.findIndex((each) => each.until >= until);
  const segments = last < 0 ? all : all.slice(0, last + 1);
  const bases = segments.flatMap(({ isBase }, index) => (isBase ? [index] : []));
  const before = bases.filter((index) => index === 0 || (segments[index] as PlannedSegment).until <= since);
  return { kind: "recorded", segments, starts: before.reverse() };
}

/** The backups between two times; where nothing is before, with the newest one that is not after `since`. */
function comparedPart(
  backups: readonly PlannedBackup[],
  { after, before, since }: { after: Date | undefined; before: Date | undefined; since: Date },
): ComparedPart[] {
  const inside = backups.filter(
    // The base of a timeline bears the second in which the timeline begins.
    ({ time }) =>
      (after === undefined || time > after) &&
      (before === undefined || time.getTime() + SECOND <= before.getTime()),
  );
  const first = after === undefined ? inside.findLastIndex(({ time }) => time <= since) : -1;
  const those = inside.slice(Math.max(0, first));
  return those.length === 0 ? [] : [{ kind: "compared", backups: those }];
}
