/**
 * The decision of the restore gate, without any I/O. docs/restore-gate.md has the decision as a table.
 */

/** How far the time of a backup may be ahead of the local clock, in milliseconds: clocks differ a little. */
export const CLOCK_ALLOWANCE = 5 * 60_000;

/** The facts that the decision depends on. */
export interface GateFacts {
  /** Whether the restore flag namespace exists. The gate waits for a namespace that is being deleted before it decides. */
  flag: boolean;
  /** Name of the backup whose restore was begun in this cluster and has not ended. */
  begun: string | undefined;
  /** The newest backup in the store, backups from the future included. */
  newest: { name: string; time: Date } | undefined;
  /** Whether the store holds archives of the older shell script. */
  olderFormat: boolean;
  now: Date;
  /** MAXRESTOREAGE in milliseconds. */
  maxRestoreAge: number;
}

/** What the gate does, and why. */
export type GateDecision =
  | { action: "none"; because: "flag" }
  | { action: "write flag"; because: "no backups" }
  | { action: "restore"; because: "fresh" }
  | { action: "resume"; because: "begun"; backup: string }
  | { action: "error"; because: "stale" | "future" | "older format" };

/** Decides whether the gate restores into this cluster. */
export function decide({ flag, begun, newest, olderFormat, now, maxRestoreAge }: GateFacts): GateDecision {
  if (flag) return { action: "none", because: "flag" };
  if (begun !== undefined) return { action: "resume", because: "begun", backup: begun };
  if (newest === undefined) {
    return olderFormat
      ? { action: "error", because: "older format" }
      : { action: "write flag", because: "no backups" };
  }
  const age = now.getTime() - newest.time.getTime();
  if (age < -CLOCK_ALLOWANCE) return { action: "error", because: "future" };
  // "Older than MAXRESTOREAGE minutes" is stale: exactly that old is not.
  if (age > maxRestoreAge) return { action: "error", because: "stale" };
  return { action: "restore", because: "fresh" };
}
