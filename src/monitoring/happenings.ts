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
  /** @property refused objects that the cluster would refuse. @property before how the rehearsal before has ended. */
  | { kind: "rehearsed"; backup: string; objects: number; refused: number; before: RehearsalEnd | undefined }
  /** A rehearsal came to no result. */
  | { kind: "rehearsal failed"; reason: string; before: RehearsalEnd | undefined }
  | { kind: "log begun" }
  /** Changes from that moment on are in no segment until a backup begins another record; undefined where nothing was stored. */
  | { kind: "log gap"; until: Date | undefined; isExpected: boolean; isFinal: boolean };

/** The restore gate refuses to restore, a restore of it failed, or anything else did. */
export type StartFailure = "refused" | "restore failed" | "failed";

/** How a rehearsal ends: the cluster would take every object, or refuse some, or that was not found out. */
export type RehearsalEnd = "taken" | "refused" | "failed";

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
