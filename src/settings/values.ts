/** How the text of one setting becomes its value. Texts come trimmed and not empty. */

import { type CalendarLength, parseCalendarLength } from "../time/calendar-length.ts";

/** A value, or what is wrong: a clause that goes on after the setting's name and the text. */
export type Parsed<Value> = { value: Value } | { problem: string };

/**
 * The most minutes that count: 1,900 years. It keeps every moment that is reckoned with them a date
 * with a year above 0.
 */
const MOST_MINUTES = 1_000_000_000;

/** Whole minutes above 0, in plain digits: "1e3", "1.5" and "+5" are slips of the pen. */
export function parseMinutes(text: string): Parsed<number> {
  const minutes = /^\d+$/.test(text) ? Number(text) : 0;
  if (minutes === 0) {
    return { problem: "is no whole number of minutes above 0: write it in plain digits, for example 15" };
  }
  if (minutes > MOST_MINUTES)
    return { problem: `is more than ${MOST_MINUTES} minutes: write a smaller number` };
  return { value: minutes };
}

/** Requests a second: a number above 0, which may have a fraction. */
export function parseQps(text: string): Parsed<number> {
  const qps = /^\d+(\.\d+)?$/.test(text) ? Number(text) : 0;
  if (qps > 0) return { value: qps };
  return { problem: "is no number of requests a second above 0: write it in plain digits, for example 50" };
}

const ON = new Set(["true", "1", "yes"]);
const OFF = new Set(["false", "0", "no"]);

/** Something that is on or off, in any case of letters. */
export function parseSwitch(text: string): Parsed<boolean> {
  const word = text.toLowerCase();
  if (ON.has(word)) return { value: true };
  if (OFF.has(word)) return { value: false };
  return { problem: "is neither true nor false: write one of them" };
}

/** The most backups that one rule can keep count of. */
const MOST_KEPT = 1_000_000_000;

/** How many backups a rule keeps: a whole number above 0, or `unlimited`, as restic has it. */
export function parseKeepCount(text: string): Parsed<number> {
  if (text.toLowerCase() === "unlimited") return { value: Number.POSITIVE_INFINITY };
  const count = /^\d+$/.test(text) ? Number(text) : 0;
  if (count === 0 || count > MOST_KEPT) {
    return {
      problem: "is no whole number above 0: write it in plain digits, or unlimited, or leave the rule out",
    };
  }
  return { value: count };
}

/** How far back all backups are kept. */
export function parseKeepWithin(text: string): Parsed<CalendarLength> {
  const value = parseCalendarLength(text);
  if (value !== undefined) return { value };
  return {
    problem: "is no length of time: write for example 7d, or 1y5m7d2h (years, months, days and hours)",
  };
}

/** The address of an S3 server: nothing but scheme, host, port and perhaps a path. */
export function parseEndpoint(text: string): Parsed<URL> {
  const form = "write http://HOST:PORT or https://HOST";
  if (!/^[a-z][a-z0-9+.-]*:\/\//i.test(text) || !URL.canParse(text))
    return { problem: `is not a URL: ${form}` };
  const url = new URL(text);
  if (url.protocol !== "http:" && url.protocol !== "https:") {
    return { problem: `has the scheme ${url.protocol.slice(0, -1)}: ${form}` };
  }
  if (url.username !== "" || url.password !== "") {
    return { problem: `holds credentials: ${form}, and set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY` };
  }
  if (url.search !== "" || url.hash !== "") return { problem: `has a part after "?" or "#": ${form}` };
  return { value: url };
}

/** Where to listen: `:8080` on all addresses, `127.0.0.1:8080` or `[::1]:8080` on one. */
export function parseListen(text: string): Parsed<{ host?: string; port: number }> {
  const match = /^(?:\[([0-9a-f:.]+)\]|([^:[\]\s]*)):(\d{1,5})$/i.exec(text);
  const port = Number(match?.[3]);
  if (match === null || port < 1 || port > 65_535) {
    return { problem: "is no address to listen on: write :PORT or HOST:PORT, for example :8080" };
  }
  const host = match[1] ?? match[2] ?? "";
  return { value: host === "" ? { port } : { host, port } };
}

/** The text as messages may show it: on one line, not endless, without a password in a URL. */
export function shown(text: string): string {
  const line = JSON.stringify(text.replace(/(:\/*).*@/s, "$1[redacted]@"));
  return line.length <= 120 ? line : `${line.slice(0, 116)}…"`;
}
