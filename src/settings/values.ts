/** Parsers for the values of settings. Texts are trimmed and not empty. */

import { isNamespaceGlob } from "../selection/namespaces.ts";
import { backupTime } from "../store/contract/backup-name.ts";
import { isClusterName } from "../store/contract/cluster-name.ts";
import { tagProblem } from "../store/contract/tag-name.ts";
import { parseTarget as parsePlace, type Target } from "../store/contract/target.ts";
import {
  ambiguousMonths,
  type CalendarLength,
  millisecondsOf,
  parseCalendarLength,
  parseDuration,
} from "../time/calendar-length.ts";

/** A value, or the problem: a clause that follows the setting's name and text in a message. */
export type Parsed<Value> = { value: Value } | { problem: string };

/**
 * The maximum number of minutes: 1,900 years. Subtracting the maximum from the current time still
 * gives a year above 0.
 */
const MAX_MINUTES = 1_000_000_000;

/** The place of a store. */
export function parseTarget(text: string): Parsed<Target> {
  const parsed = parsePlace(text);
  return "target" in parsed ? { value: parsed.target } : parsed;
}

/** Namespaces by name or glob, separated by commas: `shop,team-*`. */
export function parseNamespaces(text: string): Parsed<readonly string[]> {
  const globs = text
    .split(",")
    .map((each) => each.trim())
    .filter((each) => each !== "");
  const invalid = globs.filter((glob) => !isNamespaceGlob(glob));
  if (globs.length > 0 && invalid.length === 0) return { value: globs };
  const which =
    invalid.length === 0
      ? "names no namespace"
      : `has ${invalid.map((each) => shown(each)).join(", ")} in it, which names no namespace`;
  return { problem: `${which}: write small letters, digits, "-", "*" or "?", for example shop,team-*` };
}

/** Tags, separated by commas: `before-upgrade,release`. */
export function parseTags(text: string): Parsed<readonly string[]> {
  const tags = text
    .split(",")
    .map((each) => each.trim())
    .filter((each) => each !== "");
  if (tags.length === 0) return { problem: "names no tag: write for example before-upgrade" };
  for (const tag of tags) {
    const problem = tagProblem(tag);
    if (problem !== undefined) return { problem: `has ${shown(tag)} in it, which ${problem}` };
  }
  return { value: tags };
}

/** Minutes in plain digits, or a length of whole minutes: `15`, `6h`. "1e3", "1.5" and "+5" are probably typos. */
export function parseMinutes(text: string): Parsed<number> {
  const minutes = /^\d+$/.test(text) ? Number(text) : (parseDuration(text) ?? 0) / 60_000;
  if (minutes === 0 || !Number.isInteger(minutes)) {
    return {
      problem:
        "is no whole number of minutes above 0: write it in plain digits, for example 15, or as 6h or 1d",
    };
  }
  if (minutes > MAX_MINUTES)
    return { problem: `is more than ${MAX_MINUTES} minutes: write a smaller number` };
  return { value: minutes };
}

/** The name of a backup. */
export function parseBackupName(text: string): Parsed<string> {
  if (backupTime(text) !== undefined) return { value: text };
  return { problem: "is no backup's name: write for example backup_20260131T120000Z" };
}

/** The name of a cluster, or its uid. */
export function parseClusterName(text: string): Parsed<string> {
  if (isClusterName(text)) return { value: text };
  return {
    problem: "is no name of a cluster: write up to 128 letters, digits and ._:@/-, for example blue",
  };
}

/** The name of one namespace. */
export function parseNamespaceName(text: string): Parsed<string> {
  if (/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/.test(text)) return { value: text };
  return {
    problem: "is no name of a namespace: write lower-case letters, digits and -, for example backups",
  };
}

/** Requests per second: a positive number, possibly with a fraction. */
export function parseQps(text: string): Parsed<number> {
  const qps = /^\d+(\.\d+)?$/.test(text) ? Number(text) : 0;
  if (qps > 0) return { value: qps };
  return { problem: "is no number of requests a second above 0: write it in plain digits, for example 50" };
}

/** A user to impersonate: what a header can hold. */
export function parseImpersonated(text: string): Parsed<string> {
  if (/^[\x20-\x7e]+$/.test(text)) return { value: text };
  return { problem: "is no user to impersonate: write letters, digits and signs of ASCII" };
}

/** Groups to impersonate, one a line, since their names may hold commas. */
export function parseGroups(text: string): Parsed<readonly string[]> {
  const groups = text
    .split("\n")
    .map((each) => each.trim())
    .filter((each) => each !== "");
  const wrong = groups.find((each) => "problem" in parseImpersonated(each));
  if (wrong === undefined) return { value: groups };
  return { problem: `has ${shown(wrong)} in it, which is no group to impersonate` };
}

/** After how long a request is given up, in milliseconds, as in kubectl: plain digits are seconds, and 0 is never. */
export function parseRequestTimeout(text: string): Parsed<number | undefined> {
  const value = /^\d{1,9}$/.test(text) ? Number(text) * 1000 : parseDuration(text);
  // Timers cannot be longer.
  if (value !== undefined && value < 2 ** 31) return { value: value === 0 ? undefined : value };
  return { problem: "is no length of time up to 24d: write for example 30s, or 0 for not at all" };
}

/** The term of a Lease where none is set, in milliseconds. */
export const DEFAULT_LEASE_TERM = 60_000;
const MIN_LEASE_TERM = 1_000;
const MAX_LEASE_TERM = 3_600_000;

/** The term of a Lease: a length of time, in milliseconds. */
export function parseLeaseTerm(text: string): Parsed<number> {
  const value = parseDuration(text);
  if (value !== undefined && value >= MIN_LEASE_TERM && value <= MAX_LEASE_TERM) return { value };
  return { problem: "is no length of time from 1s to 1h: write for example 60s, or 2m" };
}

/** The shortest and the longest time between two flushes of the change log, in milliseconds. */
const MIN_FLUSH = 1_000;
const MAX_FLUSH = 3_600_000;

/** The time between two flushes of the change log, in milliseconds; `off` is none. */
export function parseChangeLog(text: string): Parsed<number | "off"> {
  if (text.toLowerCase() === "off") return { value: "off" };
  const value = parseDuration(text);
  if (value !== undefined && value >= MIN_FLUSH && value <= MAX_FLUSH) return { value };
  return { problem: "is neither off nor a length of time from 1s to 1h: write for example 5s" };
}

/** What the restore gate restores. */
export type RestoreTo = (typeof RESTORE_TO)[number];

const RESTORE_TO = ["backup", "newest"] as const;

/** What the restore gate restores, case-insensitive. */
export function parseRestoreTo(text: string): Parsed<RestoreTo> {
  const value = RESTORE_TO.find((each) => each === text.toLowerCase());
  return value === undefined ? { problem: "is neither backup nor newest: write one of them" } : { value };
}

/** When to write in color. */
export type ColorChoice = (typeof COLOR_CHOICES)[number];

const COLOR_CHOICES = ["always", "auto", "never"] as const;

/** When to write in color, case-insensitive. */
export function parseColor(text: string): Parsed<ColorChoice> {
  const value = COLOR_CHOICES.find((each) => each === text.toLowerCase());
  return value === undefined ? { problem: "is none of always, auto, never: write one of them" } : { value };
}

/** The form of the log. */
export type LogFormat = "text" | "json";

/** The form of the log, case-insensitive. */
export function parseLogFormat(text: string): Parsed<LogFormat> {
  const word = text.toLowerCase();
  if (word === "text" || word === "json") return { value: word };
  return { problem: "is neither text nor json: write one of them" };
}

const ON = new Set(["true", "1", "yes"]);
const OFF = new Set(["false", "0", "no"]);

/** A boolean, case-insensitive. */
export function parseSwitch(text: string): Parsed<boolean> {
  const word = text.toLowerCase();
  if (ON.has(word)) return { value: true };
  if (OFF.has(word)) return { value: false };
  return { problem: "is neither true nor false: write one of them" };
}

/** The maximum number of backups that one rule keeps. */
const MAX_KEPT = 1_000_000_000;

/** The number of backups that a rule keeps: a positive integer or `unlimited`, as in restic. */
export function parseKeepCount(text: string): Parsed<number> {
  if (text.toLowerCase() === "unlimited") return { value: Number.POSITIVE_INFINITY };
  const count = /^\d+$/.test(text) ? Number(text) : 0;
  if (count === 0 || count > MAX_KEPT) {
    return {
      problem: "is no whole number above 0: write it in plain digits, or unlimited, or leave the rule out",
    };
  }
  return { value: count };
}

/** The duration for which all backups are kept. */
export function parseKeepWithin(text: string): Parsed<CalendarLength> {
  const value = parseCalendarLength(text);
  const ambiguous = value === undefined ? undefined : monthsOrMinutes(text);
  if (ambiguous !== undefined) return { problem: ambiguous };
  if (value !== undefined && millisecondsOf(value) > 0) return { value };
  return {
    problem: "is no length of time: write for example 7d, or 1y6mo7d2h (units y, mo, w, d, h, min and s)",
  };
}

/** How old notes and reports become whose backups are gone. */
export function parseKeepReports(text: string): Parsed<CalendarLength | "unlimited"> {
  if (text.toLowerCase() === "unlimited") return { value: "unlimited" };
  const parsed = parseKeepWithin(text);
  return "value" in parsed
    ? parsed
    : { problem: parsed.problem.replace(/7d, or .*/, "400d or 1y6mo, or unlimited") };
}

/** The problem with `1m` in a rule of retention, where restic takes it for a month and everybody else for a minute. */
function monthsOrMinutes(text: string): string | undefined {
  const part = ambiguousMonths(text);
  if (part === undefined) return undefined;
  const amount = part.slice(0, -1);
  return `has ${part} in it, which may be months or minutes: write ${amount}mo or ${amount}min`;
}

/** The minimum age of retention in milliseconds, `36h` or `1d12h`, or 0. */
export function parseMinAge(text: string): Parsed<number> {
  const value = text === "0" ? 0 : parseDuration(text);
  const ambiguous = value === undefined ? undefined : monthsOrMinutes(text);
  if (ambiguous !== undefined) return { problem: ambiguous };
  if (value !== undefined && Number.isSafeInteger(value)) return { value };
  return {
    problem: "is no length of time: write for example 36h, or 1d12h (units y, mo, w, d, h, min and s), or 0",
  };
}

/** The endpoint of an S3 server: only scheme, host, port and optionally a path. */
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

/** A listen address: `:8080` for all addresses, `127.0.0.1:8080` or `[::1]:8080` for one address. */
export function parseListen(text: string): Parsed<{ host?: string; port: number }> {
  const match = /^(?:\[([0-9a-f:.]+)\]|([^:[\]\s]*)):(\d{1,5})$/i.exec(text);
  const port = Number(match?.[3]);
  if (match === null || port < 1 || port > 65_535) {
    return { problem: "is no address to listen on: write :PORT or HOST:PORT, for example :8080" };
  }
  const host = match[1] ?? match[2] ?? "";
  return { value: host === "" ? { port } : { host, port } };
}

/** A text with the password of a URL redacted. */
export function withoutPassword(text: string): string {
  return text.replace(/(:\/*).*@/s, "$1[redacted]@");
}

/** Formats a text for messages: on one line, truncated, with the password of a URL redacted. */
export function shown(text: string): string {
  const line = JSON.stringify(withoutPassword(text));
  return line.length <= 120 ? line : `${line.slice(0, 116)}…"`;
}
