import { nextAfter, type Schedule } from "../time/schedule.ts";

/** A rehearsal that came to no result is tried again after that time, in milliseconds, or after the interval where that is shorter. */
const RETRY = 60 * 60_000;

/** What decides when the next rehearsal is due. */
export interface RehearsalFacts {
  schedule: Schedule;
  /** When the program began. */
  since: Date;
  /** The last rehearsal that came to a result, whoever did it; undefined where there was none. */
  last: Date | undefined;
  /** The last attempt, where it came to none. */
  failed: Date | undefined;
}

/**
 * When the next rehearsal is due; in the past where one was missed, which is made up for. Where there never was one, an interval
 * begins with it, and a time of day is waited for.
 */
export function nextRehearsal({ schedule, since, last, failed }: RehearsalFacts): Date {
  const regular =
    last === undefined && schedule.kind === "every" ? since : nextAfter(schedule, last ?? since);
  if (failed === undefined) return regular;
  const pause = schedule.kind === "every" ? Math.min(RETRY, schedule.interval) : RETRY;
  const again = new Date(failed.getTime() + pause);
  return again > regular ? again : regular;
}

/** The facts once the clock says a time: what would be later by a clock that was set back since counts as now. */
export function notLater(facts: RehearsalFacts, now: Date): RehearsalFacts {
  const earlier = (time: Date) => (time > now ? now : time);
  const { since, last, failed } = facts;
  return { ...facts, since: earlier(since), last: last && earlier(last), failed: failed && earlier(failed) };
}
