/** The reasons for which a backup stays that are no rule's. docs/commands/prune.md lists them. */

/** The reason of what was the newest backup within the minimum age. */
export const UNDER_RESTORE = "may be under restore";
/** The beginning of the reason of what has come into the store within the minimum age, and was never the newest. */
export const STORED_WITHIN = "stored within ";
/** The reason of what the range of KEEP_LOG begins with. */
export const LOG = "log";
export const NEWEST_VALID = "newest valid";
export const NEWEST_COMPLETE = "newest complete";
export const OTHER_CLUSTER = "of another cluster";
export const FROM_FUTURE = "from the future";
