/** Local times, by the rules of a time zone. */

const DAY = 86_400_000;

const FIELDS = ["year", "month", "day", "hour", "minute", "second"] as const;

/**
 * How far a zone is ahead of UTC, in milliseconds.
 *
 * @param moment milliseconds since 1970.
 * @param zone `Europe/Berlin`, `UTC`, `+02:00`.
 */
function offsetAt(moment: number, zone: string): number {
  const format = new Intl.DateTimeFormat("en-US", {
    ...{ calendar: "iso8601", timeZone: zone, hourCycle: "h23" },
    ...{ year: "numeric", month: "numeric", day: "numeric" },
    ...{ hour: "numeric", minute: "numeric", second: "numeric" },
  });
  const parts = new Map(format.formatToParts(moment).map(({ type, value }) => [type, Number(value)]));
  const [year = 0, month = 1, ...rest] = FIELDS.map((field) => parts.get(field) ?? 0);
  return Date.UTC(year, month - 1, ...rest) - Math.floor(moment / 1000) * 1000;
}

/**
 * The moments at which the clocks of a zone show a time, the earliest first: one as a rule, two where they are put back, none
 * where they are put forward.
 *
 * @param wall what the clocks show, in milliseconds since 1970 as if they showed UTC.
 */
export function momentsAt(wall: number, zone: string): number[] {
  const offsets = new Set([wall - DAY, wall + DAY].map((near) => offsetAt(near, zone)));
  return [...offsets]
    .map((offset) => wall - offset)
    .filter((moment) => wall - moment === offsetAt(moment, zone))
    .sort((one, other) => one - other);
}

/** What the clocks of a zone show at a moment, in milliseconds since 1970 as if they showed UTC. */
export function wallAt(moment: number, zone: string): number {
  return moment + offsetAt(moment, zone);
}

/** When a day begins in a zone: at midnight, or where that is passed over, when the clocks are put forward. */
export function startOfDay(wall: number, zone: string): number {
  const [first] = momentsAt(wall, zone);
  return first ?? wall - offsetAt(wall - DAY, zone);
}

/** A moment as the clocks of a zone show it: `2026-01-31T14:03:16+01:00`. */
export function inZone(moment: number, zone: string): string {
  const offset = offsetAt(moment, zone);
  const local = new Date(moment + offset).toISOString().slice(0, 19);
  const minutes = Math.round(Math.abs(offset) / 60_000);
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60].map((each) => String(each).padStart(2, "0"));
  return `${local}${offset < 0 ? "-" : "+"}${hours}:${rest}`;
}

/** Whether the runtime has rules for a zone. */
export function isZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat("en-US", { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}
