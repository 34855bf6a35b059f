import type { CalendarLength } from "../time/calendar-length.ts";

/**
 * Which backups to keep, as in restic's `forget`. A backup is kept if at least one rule keeps the backup;
 * a missing rule keeps no backup. Numbers are positive integers or Infinity.
 */
export interface KeepRules {
  /** The newest N backups. */
  last?: number;
  /** The newest backup of each of the last N hours that have backups; likewise for the longer periods. */
  hourly?: number;
  daily?: number;
  /** ISO weeks, which begin on Monday. */
  weekly?: number;
  monthly?: number;
  yearly?: number;
  /** All backups younger than this duration, counted from the newest backup. */
  within?: CalendarLength;
}
