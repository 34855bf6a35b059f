/** Points in time as users write them on a command line. */

import { type CalendarLength, EARLIEST, momentBefore, parseCalendarLength } from "./calendar-length.ts";
import { rfc3339 } from "./rfc3339.ts";
import { inZone, isZone, momentsAt, startOfDay, wallAt } from "./zones.ts";

/**
 * A point in time, or the problem: a clause that follows the text in a message. `local` says which moment a text without a zone
 * is, in the zone and in UTC.
 */
export type ParsedMoment = { moment: Date; local?: string } | { problem: string };

/** When and where a text is read. */
export interface Reading {
  now: Date;
  /** The zone of times without one, `Europe/Berlin`; undefined where each must have its own. */
  zone?: string | undefined;
  /** Which moment of a day a date is: its end by default. */
  dates?: "start" | "end";
}

const ZONE = "(Z|z|[+-]\\d{2}:\\d{2})";
/** RFC 3339 with optional seconds and fractional seconds. */
const RFC3339 = new RegExp(`^(\\d{4}-\\d{2}-\\d{2})[Tt ](\\d{2}:\\d{2}(?::\\d{2}(?:\\.\\d+)?)?) ?${ZONE}?$`);
const DATE = new RegExp(`^(\\d{4}-\\d{2}-\\d{2}) ?${ZONE}?$`);
const CLOCK = new RegExp(`^((?:[01]\\d|2[0-3]):\\d{2}(?::\\d{2})?) ?${ZONE}?$`);
/** The format in backup names. */
const COMPACT = /^(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})(Z)?$/;

const DAY = 86_400_000;

const NO_ZONE = { problem: "has no zone: add Z for UTC, or one such as +02:00" };
const NO_TIME = { problem: "is no time that there is" };

/**
 * Parses a point in time: `2026-01-31T12:00:00Z`, `2026-01-31T13:00+01:00`, `20260131T120000Z` as in backup names, a date
 * (`2026-01-31`), a clock (`14:03`, `14:03:16`: the last time that it showed that), or a length of time before `now`: `36h`,
 * `1d12h`, `2mo`. Without a zone in the text, the zone of the reading counts; without that one, the text is rejected.
 */
export function parseMoment(text: string, reading: Reading): ParsedMoment {
  const length = parseCalendarLength(text);
  if (length !== undefined) return ago(length, reading.now);
  const compact = COMPACT.exec(text);
  if (compact !== null) {
    const [, year, month, day, hours, minutes, seconds, zone] = compact;
    // Names of backups are in UTC: without the Z, neither zone is what is meant.
    const read = readWall(`${year}-${month}-${day}`, `${hours}:${minutes}:${seconds}`);
    return zone === undefined ? NO_ZONE : read === undefined ? NO_TIME : { moment: new Date(read) };
  }
  const [, ofDate, dateZone] = DATE.exec(text) ?? [];
  if (ofDate !== undefined) return readDate(ofDate, dateZone, reading);
  const [, clock, clockZone] = CLOCK.exec(text) ?? [];
  if (clock !== undefined) return readClock(clock, clockZone, reading);
  const [, date, time, zone] = RFC3339.exec(text) ?? [];
  if (date !== undefined && time !== undefined) return readTime(date, time, { zone, reading });
  return {
    problem:
      "is no time: write for example 2026-01-31T12:00:00Z, a date, a clock such as 14:03, or how long ago it was: 36h, 2d",
  };
}

function ago(length: CalendarLength, now: Date): ParsedMoment {
  const moment = momentBefore(now, length);
  return moment.getTime() === EARLIEST ? { problem: "is too long ago" } : { moment };
}

function readDate(date: string, written: string | undefined, reading: Reading): ParsedMoment {
  const wall = readWall(date, "00:00");
  const zone = zoneOf(written, reading);
  if (wall === undefined || zone === "unknown") return NO_TIME;
  if (zone === undefined) return NO_ZONE;
  const moment = reading.dates === "start" ? startOfDay(wall, zone) : startOfDay(wall + DAY, zone) - 1;
  return withLocal(moment, { written, zone });
}

function readClock(clock: string, written: string | undefined, reading: Reading): ParsedMoment {
  const { now } = reading;
  const zone = zoneOf(written, reading);
  if (readWall("2026-01-31", clock) === undefined || zone === "unknown") return NO_TIME;
  if (zone === undefined) return NO_ZONE;
  const today = new Date(wallAt(now.getTime(), zone)).toISOString().slice(0, 10);
  const wall = readWall(today, clock) ?? 0;
  const isLater =
    wall > wallAt(now.getTime(), zone) && momentsAt(wall, zone).every((each) => each > now.getTime());
  const meant = isLater ? wall - DAY : wall;
  const found = momentsAt(meant, zone).filter((moment) => moment <= now.getTime());
  return only(found, { wall: meant, written, zone });
}

function readTime(
  date: string,
  time: string,
  { zone: written, reading }: { zone: string | undefined; reading: Reading },
): ParsedMoment {
  const wall = readWall(date, time);
  const zone = zoneOf(written, reading);
  if (wall === undefined) return NO_TIME;
  if (zone === undefined) return NO_ZONE;
  if (written === undefined) return only(momentsAt(wall, zone), { wall, written, zone });
  const moment = new Date(`${date}T${time}${written.toUpperCase()}`);
  return Number.isNaN(moment.getTime()) ? NO_TIME : { moment };
}

/** The one moment at which clocks show a time. */
function only(
  found: readonly number[],
  { wall, written, zone }: { wall: number; written: string | undefined; zone: string },
): ParsedMoment {
  const [first, second] = found;
  if (first === undefined) {
    const day = new Date(wall).toISOString().slice(0, 10);
    return { problem: `is no time of ${day} in ${zone}, where the clocks are put forward: write another` };
  }
  if (second === undefined) return withLocal(first, { written, zone });
  return {
    problem: `is there twice in ${zone}, where the clocks are put back: write ${inZone(first, zone)} or ${inZone(second, zone)}`,
  };
}

function withLocal(
  moment: number,
  { written, zone }: { written: string | undefined; zone: string },
): ParsedMoment {
  const read = new Date(moment);
  if (written !== undefined) return { moment: read };
  return { moment: read, local: `${inZone(moment, zone)}, in UTC ${rfc3339(read)}` };
}

function zoneOf(written: string | undefined, { zone }: Reading): string | undefined {
  if (written === undefined) return zone;
  if (written.toUpperCase() === "Z") return "UTC";
  return isZone(written) ? written : "unknown";
}

/** What clocks show, in milliseconds as if they showed UTC; undefined where no clock shows it: JavaScript turns 30 February into 2 March. */
function readWall(date: string, time: string): number | undefined {
  const moment = new Date(`${date}T${time}Z`).getTime();
  const day = new Date(`${date}T00:00:00Z`);
  const exists =
    !Number.isNaN(moment) && !Number.isNaN(day.getTime()) && day.toISOString().slice(0, 10) === date;
  return exists ? moment : undefined;
}
