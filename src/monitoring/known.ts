import type { ReportedRehearsal } from "../reports/last-reports.ts";
import type { Happening } from "./happenings.ts";

/** What a store says of the backups of a cluster. */
export interface StoreFacts {
  /** Number of backups, whoever made them. */
  backups: number;
  /** The time of the oldest. */
  oldest: Date | undefined;
  /** The newest of this cluster that can be read, those from the future among them. */
  newest: NewestFacts | undefined;
  /** When every byte of a backup was last found valid. */
  verified: Date | undefined;
  /** The last rehearsal in this cluster. */
  rehearsed: ReportedRehearsal | undefined;
}

/** The newest backup. */
export interface NewestFacts {
  time: Date;
  objects: number;
  /** Bytes of the archive. */
  size: number;
  /** Kinds that could not be read. */
  missing: number;
  warnings: number;
}

/** What the restore gate has come to. */
export const GATE_STATES = [
  "pending",
  "flag",
  "no_backups",
  "restoring",
  "restored",
  "refused",
  "failed",
] as const;
type GateState = (typeof GATE_STATES)[number];

/** All that is known at a moment. What is undefined is not known: it is no figure at all, and never 0. */
export interface Known {
  store: StoreFacts | undefined;
  /** Whether the store answered when it was last asked. */
  storeUp: boolean | undefined;
  gate: GateState;
  /** The last attempt of this process to take a backup. */
  attempt: { time: Date; success: boolean } | undefined;
  /** How long the last backup of this process took, in seconds. */
  duration: number | undefined;
  /** The last rehearsal of this process, also where no report could be left. */
  rehearsed: ReportedRehearsal | undefined;
  /** Attempts of this process. */
  attempts: { success: number; failure: number };
  /** Ends of the change log of this process, after which changes are in no segment. */
  gaps: number;
}

/** What a process knows at its start. */
export const NOTHING_KNOWN: Known = {
  store: undefined,
  storeUp: undefined,
  gate: "pending",
  attempt: undefined,
  duration: undefined,
  rehearsed: undefined,
  attempts: { success: 0, failure: 0 },
  gaps: 0,
};

/** What is known once something has happened. */
export function knownAfter(known: Known, happening: Happening, at: Date): Known {
  switch (happening.kind) {
    case "gate passed":
      return { ...known, gate: happening.because === "flag" ? "flag" : "no_backups" };
    case "restore begun":
      return { ...known, gate: "restoring" };
    case "restore ended":
      return { ...known, gate: "restored" };
    case "start failed":
      return { ...known, gate: happening.how === "refused" ? "refused" : "failed" };
    case "backup stored": {
      const { time, objects, size, seconds, missing, warnings } = happening;
      const { store, attempts } = known;
      return {
        ...known,
        storeUp: true,
        // What else the store holds is asked for next.
        store: store && { ...store, newest: { time, objects, size, missing, warnings } },
        attempt: { time: at, success: true },
        duration: seconds,
        attempts: { ...attempts, success: attempts.success + 1 },
      };
    }
    case "backup failed": {
      const { attempts } = known;
      return {
        ...known,
        attempt: { time: at, success: false },
        attempts: { ...attempts, failure: attempts.failure + 1 },
      };
    }
    case "rehearsed":
      return { ...known, rehearsed: { time: at, refused: happening.refused } };
    case "rehearsal failed":
    case "log begun":
      return known;
    case "log gap":
      return { ...known, gaps: known.gaps + 1 };
  }
}
