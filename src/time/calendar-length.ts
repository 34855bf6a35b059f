/** Lengths of time as people write them, in one grammar for all settings and flags: `1y6mo`, `2w`, `1d12h`, `90m`. */

/** A length in the units in which it was written: a month has 28 to 31 days, and a day of a calendar its own hours. */
export interface CalendarLength {
  years: number;
  months: number;
  weeks: number;
  days: number;
  hours: number;
  minutes: number;
  seconds: number;
}

/** The units, the largest first. */
const UNITS = {
  y: "years",
  mo: "months",
  w: "weeks",
  d: "days",
  h: "hours",
  min: "minutes",
  s: "seconds",
} as const satisfies Record<string, keyof CalendarLength>;

/** Seconds of each unit, where a length is not reckoned from a date: a month is 30 days, a year 365. */
const SECONDS: Readonly<Record<keyof CalendarLength, number>> = {
  years: 31_536_000,
  months: 2_592_000,
  weeks: 604_800,
  days: 86_400,
  hours: 3_600,
  minutes: 60,
  seconds: 1,
};

const PART = /(\d{1,15})(y|mo|w|d|h|min|m|s)/g;
const LENGTH = /^(?:\d{1,15}(?:y|mo|w|d|h|min|m|s))+$/;

/** Parses `1y6mo2w7d2h30m15s`, in any order, each unit once at most. Returns undefined if the text is no length. */
export function parseCalendarLength(text: string): CalendarLength | undefined {
  if (!LENGTH.test(text)) return undefined;
  const length = { years: 0, months: 0, weeks: 0, days: 0, hours: 0, minutes: 0, seconds: 0 };
  const seen = new Set<string>();
  for (const [, amount, written = ""] of text.matchAll(PART)) {
    const unit = UNITS[(written === "m" ? "min" : written) as keyof typeof UNITS];
    if (seen.has(unit)) return undefined;
    seen.add(unit);
    length[unit] = Number(amount);
  }
  return length;
}

/** The part of a length that restic reads as months and all else as minutes: `30m` of `7d30m`. */
export function ambiguousMonths(text: string): string | undefined {
  return /\d+m(?!o|in)/.exec(text)?.[0];
}

/** Formats a length as {@link parseCalendarLength} parses it, and so that nobody can misread it: `1y6mo7d30min`. */
export function formatCalendarLength(length: CalendarLength): string {
  return Object.entries(UNITS)
    .map(([unit, name]) => (length[name] === 0 ? "" : `${length[name]}${unit}`))
    .join("");
}

/** A length in milliseconds, not reckoned from a date: a month is 30 days, and a year 365. */
export function millisecondsOf(length: CalendarLength): number {
  const seconds = Object.entries(SECONDS).reduce(
    (sum, [unit, each]) => sum + length[unit as keyof CalendarLength] * each,
    0,
  );
  return seconds * 1000;
}

/** Parses a length and returns it in milliseconds, or undefined if the text is no length. */
export function parseDuration(text: string): number | undefined {
  const length = parseCalendarLength(text);
  return length === undefined ? undefined : millisecondsOf(length);
}

/**
 * Subtracts a length from a time, in UTC. As in restic, a day past the end of a month overflows
 * into the next month: a month before 31 March is 3 March.
 *
 * @returns the earliest time that Date can represent if the result is out of range.
 */
export function momentBefore(moment: Date, length: CalendarLength): Date {
  const { years, months, weeks, days, ...clock } = length;
  const before = new Date(moment);
  before.setUTCFullYear(
    moment.getUTCFullYear() - years,
    moment.getUTCMonth() - months,
    moment.getUTCDate() - days - weeks * 7,
  );
  before.setTime(before.getTime() - millisecondsOf({ years: 0, months: 0, weeks: 0, days: 0, ...clock }));
  return Number.isNaN(before.getTime()) ? new Date(EARLIEST) : before;
}

/** The earliest time that Date can represent, in milliseconds. */
export const EARLIEST = -8.64e15;
