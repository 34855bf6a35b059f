/** What of a running program concerns whoever watches it from outside. No part holds what an API server said. */

/** One of these. Times are by this machine's clock. */
export type Happening =
  /** The restore gate lets the program go on without a restore. */
  | { kind: "gate passed"; because: "flag" | "no backups" }
  | { kind: "restore begun"; backup: string; resumed: boolean }
  /** @property refused Pods without a controller that a policy of the cluster refuses, which is no failure of the restore. */
  | { kind: "restore ended"; backup: string; objects: number; refused: number }
  /** The program ends by an error, before it takes backups. */
  | { kind: "start failed"; how: StartFailure; reason: string }
  | ({ kind: "backup stored" } & StoredFacts)
  /** @property failures how many in a row. */
  | { kind: "backup failed"; failures: number; reason: string }
  | { kind: "log begun" }
  /** Changes from that moment on are in no segment until a backup begins another record; undefined where nothing was stored. */
  | { kind: "log gap"; until: Date | undefined; isExpected: boolean; isFinal: boolean };

/** The restore gate refuses to restore, a restore of it failed, or anything else did. */
export type StartFailure = "refused" | "restore failed" | "failed";

/** A backup that was just stored. */
interface StoredFacts {
  backup: string;
  time: Date;
  objects: number;
  /** Bytes of the archive. */
  size: number;
  /** How long it took, in seconds. */
  seconds: number;
  /** Kinds that could not be read. */
  missing: number;
  warnings: number;
}

/** Takes what happens, at once and without an error. */
export type Listener = (happening: Happening, at: Date) => void;
