/** Calendar durations, in the syntax of restic's `--keep-within`: `1y5m7d2h`. */

/** A duration in calendar units: a month has 28 to 31 days. */
export interface CalendarLength {
  years: number;
  months: number;
  days: number;
  hours: number;
}

const UNITS = { y: "years", m: "months", d: "days", h: "hours" } as const;

/** Parses `1y5m7d2h`, in which every part is optional. Returns undefined if the text is invalid or the duration is zero. */
export function parseCalendarLength(text: string): CalendarLength | undefined {
  if (!/^(?:\d{1,6}[ymdh])+$/.test(text)) return undefined;
  const length = { years: 0, months: 0, days: 0, hours: 0 };
  const seen = new Set<string>();
  for (const [, amount, unit = ""] of text.matchAll(/(\d+)([ymdh])/g)) {
    if (seen.has(unit)) return undefined;
    seen.add(unit);
    length[UNITS[unit as keyof typeof UNITS]] = Number(amount);
  }
  return Object.values(length).some((amount) => amount > 0) ? length : undefined;
}

/** Formats a duration as {@link parseCalendarLength} parses it: `1y5m7d2h`. */
export function formatCalendarLength(length: CalendarLength): string {
  const parts = Object.entries(UNITS).map(([unit, name]) =>
    length[name] === 0 ? "" : `${length[name]}${unit}`,
  );
  return parts.join("");
}

/**
 * Subtracts a duration from a time, in UTC. As in restic, a day past the end of a month overflows
 * into the next month: a month before 31 March is 3 March.
 *
 * @returns the earliest time that Date can represent if the result is out of range.
 */
export function momentBefore(moment: Date, { years, months, days, hours }: CalendarLength): Date {
  const before = new Date(moment);
  before.setUTCFullYear(
    moment.getUTCFullYear() - years,
    moment.getUTCMonth() - months,
    moment.getUTCDate() - days,
  );
  before.setTime(before.getTime() - hours * 3_600_000);
  return Number.isNaN(before.getTime()) ? new Date(-8.64e15) : before;
}
