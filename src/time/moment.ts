/** Points in time as users write them on a command line. */

import { type CalendarLength, EARLIEST, momentBefore, parseCalendarLength } from "./calendar-length.ts";

/** A point in time, or the problem: a clause that follows the text in a message. */
export type ParsedMoment = { moment: Date } | { problem: string };

/** RFC 3339 with optional seconds and fractional seconds. */
const RFC3339 = /^(\d{4}-\d{2}-\d{2})[Tt ](\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?) ?(Z|z|[+-]\d{2}:\d{2})?$/;
/** The format in backup names. */
const COMPACT = /^(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})(Z)?$/;
/**
 * Parses a point in time: `2026-01-31T12:00:00Z`, `2026-01-31T13:00+01:00`, `20260131T120000Z` as in
 * backup names, or a length of time before `now`: `36h`, `1d12h`, `2mo`. A time without a time zone is ambiguous and
 * therefore rejected.
 */
export function parseMoment(text: string, now: Date): ParsedMoment {
  const length = parseCalendarLength(text);
  if (length !== undefined) return ago(length, now);
  const compact = COMPACT.exec(text);
  if (compact !== null) {
    const [, year, month, day, hours, minutes, seconds, zone] = compact;
    return inZone(`${year}-${month}-${day}`, `${hours}:${minutes}:${seconds}`, zone);
  }
  const written = RFC3339.exec(text);
  if (written === null) {
    return {
      problem: "is no time: write for example 2026-01-31T12:00:00Z, or how long ago it was: 36h, 2d",
    };
  }
  return inZone(written[1] ?? "", written[2] ?? "", written[3]);
}

function ago(length: CalendarLength, now: Date): ParsedMoment {
  const moment = momentBefore(now, length);
  return moment.getTime() === EARLIEST ? { problem: "is too long ago" } : { moment };
}

function inZone(date: string, time: string, zone: string | undefined): ParsedMoment {
  if (zone === undefined) {
    return { problem: "has no zone: add Z for UTC, or one such as +02:00" };
  }
  const moment = new Date(`${date}T${time}${zone.toUpperCase()}`);
  // JavaScript turns 30 February into 2 March.
  const day = new Date(`${date}T00:00:00Z`);
  if (
    Number.isNaN(moment.getTime()) ||
    Number.isNaN(day.getTime()) ||
    day.toISOString().slice(0, 10) !== date
  )
    return { problem: "is no time that there is" };
  return { moment };
}
