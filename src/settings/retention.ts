import type { CalendarLength } from "../time/calendar-length.ts";
import type { SettingName } from "./names.ts";
import { type Parsed, parseKeepCount, parseKeepWithin } from "./values.ts";

/** Which backups to keep, in the form of `src/retention/rules.ts`. At least one rule is set. */
export interface RetentionSettings {
  last?: number;
  hourly?: number;
  daily?: number;
  weekly?: number;
  monthly?: number;
  yearly?: number;
  within?: CalendarLength;
}

/** Reads one setting; undefined if the setting is missing or invalid. */
type ReadSetting = <Value>(name: SettingName, parse: (text: string) => Parsed<Value>) => Value | undefined;

/** Reads the keep rules; undefined if no rule is set. */
export function readRetention(read: ReadSetting): RetentionSettings | undefined {
  const rules = {
    last: read("keepLast", parseKeepCount),
    hourly: read("keepHourly", parseKeepCount),
    daily: read("keepDaily", parseKeepCount),
    weekly: read("keepWeekly", parseKeepCount),
    monthly: read("keepMonthly", parseKeepCount),
    yearly: read("keepYearly", parseKeepCount),
    within: read("keepWithin", parseKeepWithin),
  };
  const given = Object.entries(rules).filter(([, value]) => value !== undefined);
  return given.length === 0 ? undefined : Object.fromEntries(given);
}

/** The rules by which backups stay; with KEEP_LOG alone all stay. Undefined where nothing is to be removed. */
export function rulesOf({
  retention,
  keepLog,
}: {
  retention?: RetentionSettings;
  keepLog?: CalendarLength;
}): RetentionSettings | undefined {
  return retention ?? (keepLog === undefined ? undefined : { last: Number.POSITIVE_INFINITY });
}

/** The minimum age in milliseconds where nothing else is said: 24 hours. */
const DEFAULT_MIN_AGE = 86_400_000;

/**
 * The minimum age of retention in milliseconds: what is set, and otherwise 24 hours or MAXRESTOREAGE, whichever is
 * longer.
 */
export function minAgeOf({
  pruneMinAge,
  maxRestoreAgeMinutes = 0,
}: {
  pruneMinAge?: number;
  maxRestoreAgeMinutes?: number;
}): number {
  return pruneMinAge ?? Math.max(DEFAULT_MIN_AGE, maxRestoreAgeMinutes * 60_000);
}

/** How old notes and reports become where nothing else is said: 400 days. */
const DEFAULT_KEEP_REPORTS: CalendarLength = {
  ...{ years: 0, months: 0, weeks: 0, days: 400, hours: 0, minutes: 0, seconds: 0 },
};

/** How old notes and reports become whose backups are gone; undefined where they all stay. */
export function keepReportsOf({
  keepReports = DEFAULT_KEEP_REPORTS,
}: {
  keepReports?: CalendarLength | "unlimited";
}): CalendarLength | undefined {
  return keepReports === "unlimited" ? undefined : keepReports;
}
