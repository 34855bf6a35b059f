/** Lengths of time by the calendar, in the form that restic has for `--keep-within`: `1y5m7d2h`. */

/** A length in which a month is a month, however many days it has. */
export interface CalendarLength {
  years: number;
  months: number;
  days: number;
  hours: number;
}

const UNITS = { y: "years", m: "months", d: "days", h: "hours" } as const;

/** Reads `1y5m7d2h`, any of its parts left out; undefined where the text is no such length, or is none at all. */
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

/** The length as it is read: `1y5m7d2h`. */
export function formatCalendarLength(length: CalendarLength): string {
  const parts = Object.entries(UNITS).map(([unit, name]) =>
    length[name] === 0 ? "" : `${length[name]}${unit}`,
  );
  return parts.join("");
}

/**
 * The moment that is so long before another, in UTC. As in restic, a day that a month does not have
 * is counted on: a month before 31 March is 3 March.
 *
 * @returns the first moment that there is, where it would be before that.
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
