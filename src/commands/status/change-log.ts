import { parseTimeline } from "../../change-log/format/segment-name.ts";
import { lastFile } from "../../change-log/replay/last-file.ts";
import type { Store } from "../../store/contract/store.ts";
import { formatAge } from "../../terminal/duration.ts";
import { rfc3339 } from "../../time/rfc3339.ts";

/** While nothing changes, the change log moves on once a minute: one that has not for so long is not recording. */
const STOPPED_AFTER = 5 * 60_000;

/** How far the change log is. */
export interface LogStatus {
  /** `off`: there is none. `stopped`: it has not moved on for five minutes, or three flushes where that is longer. */
  state: "off" | "recording" | "stopped";
  timeline: string | undefined;
  /** The newest certain moment. */
  certain: Date | undefined;
  /** What is not covered before the timeline begins, where another one is before it. */
  gap: { from: Date; until: Date } | undefined;
}

/** Looks how far the change log of a cluster is, with a few listings. */
export async function lookAtLog(
  {
    store,
    cluster,
    changeLog,
    now,
  }: { store: Store; cluster: string | undefined; changeLog: number | "off" | undefined; now: Date },
  signal: AbortSignal,
): Promise<LogStatus> {
  const own: { timeline: string; began: Date }[] = [];
  for await (const timeline of store.segments.timelines(signal)) {
    const name = parseTimeline(timeline);
    if (name !== undefined && (cluster === undefined || cluster.startsWith(name.cluster)))
      own.push({ timeline, began: name.began });
  }
  const none = { state: "off", timeline: undefined, certain: undefined, gap: undefined } as const;
  const latest = own.at(-1);
  if (latest === undefined) return none;
  const last = await lastFile(store.segments, { ...latest, end: now }, signal);
  const before = own.at(-2);
  const end = before && (await lastFile(store.segments, { ...before, end: latest.began }, signal));
  const certain = last?.until;
  const longest = Math.max(STOPPED_AFTER, typeof changeLog === "number" ? 3 * changeLog : 0);
  const isStopped = certain === undefined || now.getTime() - certain.getTime() > longest;
  const gap =
    end === undefined || end.until >= latest.began ? undefined : { from: end.until, until: latest.began };
  return { state: isStopped ? "stopped" : "recording", timeline: latest.timeline, certain, gap };
}

/** `certain up to …, 12s ago; a gap before …`. */
export function describeLog({ state, certain, gap }: LogStatus, asOf: Date): string {
  if (state === "off") return "off: only backups can be read";
  const until =
    certain === undefined
      ? "nothing is certain"
      : `certain up to ${rfc3339(certain)}, ${formatAge(asOf.getTime() - certain.getTime())}`;
  const before =
    gap === undefined ? "" : `; a gap before, from ${rfc3339(gap.from)} to ${rfc3339(gap.until)}`;
  return `${until}${state === "stopped" ? "; NOT RECORDING since" : ""}${before}`;
}

/** The same as JSON; docs/commands/status.md documents it. */
export interface LogStatusJson {
  state: LogStatus["state"];
  timeline: string | null;
  certain: string | null;
  ageSeconds: number | null;
  gap: { from: string; until: string } | null;
}

/** What is known of the change log as JSON. */
export function logStatusJson({ state, timeline, certain, gap }: LogStatus, asOf: Date): LogStatusJson {
  return {
    state,
    timeline: timeline ?? null,
    certain: certain?.toISOString() ?? null,
    ageSeconds: certain === undefined ? null : Math.floor((asOf.getTime() - certain.getTime()) / 1000),
    gap: gap === undefined ? null : { from: gap.from.toISOString(), until: gap.until.toISOString() },
  };
}
