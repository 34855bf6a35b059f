import type { CalendarLength } from "../time/calendar-length.ts";

/**
 * Which backups to keep, as restic's `forget` has it. A backup stays when any of the rules keeps it;
 * a rule that is not there keeps none. Numbers are whole and above 0, or Infinity.
 */
export interface KeepRules {
  /** The newest ones. */
  last?: number;
  /** The newest of each of so many hours in which there are backups; days and the others likewise. */
  hourly?: number;
  daily?: number;
  /** ISO weeks: they begin on Monday. */
  weekly?: number;
  monthly?: number;
  yearly?: number;
  /** All that are younger than this, reckoned from the newest backup. */
  within?: CalendarLength;
}
