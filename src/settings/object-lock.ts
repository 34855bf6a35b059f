/** The settings of the object lock, and how they go together with those of retention. */

import type { ObjectLock } from "../store/contract/s3-options.ts";
import type { Target } from "../store/contract/target.ts";
import { millisecondsOf } from "../time/calendar-length.ts";
import type { SettingName } from "./names.ts";
import type { RetentionSettings } from "./retention.ts";
import { oneOf } from "./s3-values.ts";
import { type Parsed, parseSwitch } from "./values.ts";

const MODES: readonly ObjectLock["mode"][] = ["governance", "compliance"];

/** What S3 allows: a hundred years. */
const MAX_DAYS = 36_500;

/** The settings as they are given, each by itself valid. */
export interface GivenObjectLock {
  mode: ObjectLock["mode"] | undefined;
  days: number | undefined;
  confirm: boolean;
}

/** Reads one setting; undefined if the setting is missing or invalid. */
type ReadSetting = <Value>(name: SettingName, parse: (text: string) => Parsed<Value>) => Value | undefined;

/** Reads the settings of the object lock. */
export function readObjectLock(read: ReadSetting): GivenObjectLock {
  return {
    mode: read("objectLock", (text) => oneOf(MODES, text)),
    days: read("objectLockDays", parseLockDays),
    confirm: read("objectLockConfirm", parseSwitch) ?? false,
  };
}

/** The same of the second store, which no rule of retention is for: nobody need confirm its days. */
export function readCopyLock(read: ReadSetting): GivenObjectLock {
  return {
    mode: read("copyObjectLock", (text) => oneOf(MODES, text)),
    days: read("copyObjectLockDays", parseLockDays),
    confirm: true,
  };
}

function parseLockDays(text: string): Parsed<number> {
  const days = /^\d+$/.test(text) ? Number(text) : 0;
  if (days > 0 && days <= MAX_DAYS) return { value: days };
  return { problem: `is no number of days from 1 to ${MAX_DAYS}: write it in plain digits` };
}

/** The lock that is asked for; undefined where none is. */
export function objectLockOf({ mode, days }: GivenObjectLock): ObjectLock | undefined {
  return mode === undefined || days === undefined ? undefined : { mode, days };
}

/** What retention is told. */
export interface LockedRetention {
  retention: RetentionSettings | undefined;
  frequencyMinutes: number | undefined;
  s3target: Target | undefined;
}

/** Returns the problems of settings that do not go together. Each alone is valid. */
export function objectLockProblems(
  given: GivenObjectLock,
  { retention, frequencyMinutes, s3target }: LockedRetention,
): string[] {
  const { days, confirm } = given;
  const problem = lockProblem(given, s3target);
  if (problem !== undefined) return [problem];
  if (days === undefined) return [];
  const horizon = horizonDays(retention, frequencyMinutes);
  if (confirm || horizon === undefined || days <= horizon) return [];
  return [
    `OBJECT_LOCK_DAYS is ${days}, and the rules of retention keep backups for ${horizon} days at the most: each would be paid for longer than it is wanted. Set OBJECT_LOCK_CONFIRM=true where that is meant`,
  ];
}

/** What speaks against a lock, whatever is kept for how long; undefined for nothing. */
export function lockProblem(
  { mode, days }: GivenObjectLock,
  target: Target | undefined,
  { prefix, place }: { prefix: string; place: string } = { prefix: "", place: "S3TARGET" },
): string | undefined {
  const [lock, length] = [`${prefix}OBJECT_LOCK`, `${prefix}OBJECT_LOCK_DAYS`];
  if (mode === undefined && days === undefined) return undefined;
  if (mode === undefined)
    return `${length} is set, and ${lock} is missing: set it to governance or compliance`;
  if (days === undefined) return `${lock} is set, and ${length} is missing: say for how many days`;
  return target?.kind === "file"
    ? `${lock} is for buckets, and ${place} is a folder: leave it out`
    : undefined;
}

/**
 * For how many days the rules keep a backup at the most, rounded up. Undefined where nothing is removed, or where a number of
 * backups says nothing of days.
 */
export function horizonDays(
  rules: RetentionSettings | undefined,
  frequencyMinutes: number | undefined,
): number | undefined {
  if (rules === undefined) return undefined;
  const { last, hourly = 0, daily = 0, weekly = 0, monthly = 0, yearly = 0, within } = rules;
  if (last !== undefined && frequencyMinutes === undefined) return undefined;
  const days = [
    ((last ?? 0) * (frequencyMinutes ?? 0)) / 1_440,
    hourly / 24,
    daily,
    weekly * 7,
    monthly * 31,
    yearly * 366,
    within === undefined ? 0 : millisecondsOf(within) / 86_400_000,
  ];
  const longest = Math.max(...days);
  return Number.isFinite(longest) ? Math.ceil(longest) : undefined;
}
