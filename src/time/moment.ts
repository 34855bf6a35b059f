/** Points in time as users write them on a command line. */

/** A point in time, or the problem: a clause that follows the text in a message. */
export type ParsedMoment = { moment: Date } | { problem: string };

/** RFC 3339 with optional seconds and fractional seconds. */
const RFC3339 = /^(\d{4}-\d{2}-\d{2})[Tt ](\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?) ?(Z|z|[+-]\d{2}:\d{2})?$/;
/** The format in backup names. */
const COMPACT = /^(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})(Z)?$/;
const DURATION = /^(?:\d+[wdhms])+$/;
const SECONDS = { w: 604_800, d: 86_400, h: 3_600, m: 60, s: 1 } as const;

/**
 * Parses a point in time: `2026-01-31T12:00:00Z`, `2026-01-31T13:00+01:00`, `20260131T120000Z` as in
 * backup names, or a duration before `now`: `36h`, `1d12h`. A time without a time zone is ambiguous and
 * therefore rejected.
 */
export function parseMoment(text: string, now: Date): ParsedMoment {
  if (DURATION.test(text)) return ago(text, now);
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

/**
 * Parses a duration, `36h` or `1d12h`. Returns milliseconds, or undefined if the text is invalid.
 */
export function parseDuration(text: string): number | undefined {
  if (!DURATION.test(text)) return undefined;
  let seconds = 0;
  for (const [, amount, unit] of text.matchAll(/(\d+)([wdhms])/g)) {
    seconds += Number(amount) * SECONDS[unit as keyof typeof SECONDS];
  }
  return seconds * 1000;
}

function ago(text: string, now: Date): ParsedMoment {
  const moment = new Date(now.getTime() - (parseDuration(text) ?? 0));
  return Number.isNaN(moment.getTime()) ? { problem: "is too long ago" } : { moment };
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
