/**
 * The gate's decision, without any I/O: docs/restore-gate.md is its table for people.
 */

/** How far a backup's time may be ahead of our clock, in milliseconds: clocks differ a little. */
export const CLOCK_ALLOWANCE = 5 * 60_000;

/** What the decision rests on. */
export interface GateFacts {
  /** Whether the flag namespace exists; one that is being deleted is waited for before deciding. */
  flag: boolean;
  /** Name of the backup with which a restore was begun in this cluster and not ended. */
  begun: string | undefined;
  /** The newest backup in the store, those from the future included. */
  newest: { name: string; time: Date } | undefined;
  /** Whether the store holds archives of the older shell script. */
  olderFormat: boolean;
  now: Date;
  /** MAXRESTOREAGE in milliseconds. */
  maxRestoreAge: number;
}

/** What the gate does. */
export type GateDecision =
  | { action: "none"; because: "flag" }
  | { action: "write flag"; because: "no backups" }
  | { action: "restore"; because: "fresh" }
  | { action: "resume"; because: "begun"; backup: string }
  | { action: "error"; because: "stale" | "future" | "older format" };

/** Decides whether this cluster is restored into. */
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
