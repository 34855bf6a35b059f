/** When something is done again and again. */
export type Schedule =
  /** Once a day, at a time of day in UTC, in minutes after midnight. UTC has no summer time: no day lacks it, or has it twice. */
  | { kind: "daily"; minute: number }
  /** After an interval in milliseconds. */
  | { kind: "every"; interval: number };

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/** The first moment after a time at which it is done again. */
export function nextAfter(schedule: Schedule, time: Date): Date {
  const at = time.getTime();
  if (schedule.kind === "every") return new Date(at + schedule.interval);
  const today = Math.floor(at / DAY) * DAY + schedule.minute * MINUTE;
  return new Date(today > at ? today : today + DAY);
}

/** A time of day as minutes after midnight, `03:30` or `03:30Z`; undefined for what is none. */
export function parseTimeOfDay(text: string): number | undefined {
  const [, hour = "", minute = ""] = /^([01]\d|2[0-3]):([0-5]\d)Z?$/i.exec(text) ?? [];
  return hour === "" ? undefined : Number(hour) * 60 + Number(minute);
}
