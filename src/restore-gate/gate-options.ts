import type { Archive } from "../archive/reader.ts";
import type { ApiClient } from "../cluster/requests/api-client.ts";
import type { Health } from "../health/health.ts";
import type { FoundFlagFacts } from "../objects/flag-annotations.ts";
import type { RestoreReport } from "../restore/report/report.ts";
import type { Verdict } from "../restore/verdict.ts";
import type { Store } from "../store/contract/store.ts";
import type { Log } from "../terminal/log/log.ts";
import type { BegunState, GateDecision, GateFacts } from "./decide.ts";
import type { FoundRecord } from "./restore-record.ts";
import type { KnownMakers, Survey } from "./survey.ts";

/** What the restore gate needs. */
export interface GateOptions {
  client: ApiClient;
  store: Store;
  /** MAXRESTOREAGE in milliseconds. */
  maxRestoreAge: number;
  /** EXPECT_BACKUP: "no backups" is an error. */
  expectBackup: boolean;
  /** CLUSTER_NAME and RESTORE_CLUSTER. */
  clusterName?: string | undefined;
  restoreCluster?: string | undefined;
  /** RESTORE_TO: whether the newest backup is restored, or the newest certain moment of the change log; `backup` by default. */
  restoreTo?: "backup" | "newest" | undefined;
  /** Whether only encrypted backups count: AGE_RECIPIENTS is set. */
  encryptedOnly?: boolean | undefined;
  now: () => Date;
  log: Log;
  /** What earlier looks at the store have found out; nothing by default. */
  known?: KnownMakers | undefined;
  /** Told of the progress of the check of a backup: a large backup takes longer than a probe waits. */
  health?: Pick<Health, "progress"> | undefined;
  /** The namespace of the program, in which the record is. */
  programNamespace: string;
  /** Who this is, as in a Lease; for the record. */
  identity: string;
  /** Works while this process alone restores. */
  alone: <T>(work: (signal: AbortSignal) => Promise<T>, signal: AbortSignal) => Promise<T>;
  /**
   * Checks whether an archive may be restored into this cluster; throws where not.
   *
   * @param recorded what was found when this restore began, in a run before this one.
   */
  check: (archive: Archive, recorded: Verdict | undefined, signal: AbortSignal) => Promise<Verdict>;
  /** Restores an archive. */
  restore: (archive: Archive, options: GateRestore, signal: AbortSignal) => Promise<RestoreReport>;
  /** Follows the gate; nobody by default. */
  observer?: GateObserver | undefined;
  /** Told of a restore that has ended, and after which the flag is written. */
  onRestored?: ((restored: GateRestored) => Promise<void>) | undefined;
}

/** Somebody who follows the gate. */
export interface GateObserver {
  /** The gate has decided. It may decide anew. */
  decided(decision: GateDecision): void;
  /** A restore begins, or goes on after a restart. */
  begins(backup: string, options: { resumed: boolean }): void;
  /** Every object was tried. Where some failed, the gate ends with an error; what a policy refuses is no failure. */
  tried(backup: string, counts: { objects: number; failed: number; refused: number }): void;
}

/** A restore of the gate that is done. */
export interface GateRestored {
  archive: Archive;
  report: RestoreReport;
  /** When it began, or went on after a restart. */
  begun: Date;
}

/** What a restore of the gate is told. */
interface GateRestore {
  /** Whether a run of this restore before this one was interrupted. */
  resumed: boolean;
  /** When that run began, in the time of the API server. */
  begun: Date | undefined;
  /** Throws where the restore must end. */
  beforeStage: (signal: AbortSignal) => Promise<void>;
}

/** What the gate has found out: the facts, and the record as it is in the cluster. */
export interface GateFindings extends GateFacts {
  record: FoundRecord | undefined;
  /** What the restore flag says, where it exists. */
  flagFacts: FoundFlagFacts;
  /** What is named as a backup and does not count. */
  passedOver: Survey["passedOver"];
}

/** What a restore came to: done, the flag has appeared meanwhile, or something has to be decided anew. */
export type RestoreEnd =
  | { kind: "done" }
  | { kind: "flag" }
  /** Another gate has changed the record. */
  | { kind: "again" }
  /** The begun backup is not what it was. */
  | { kind: "unusable"; state: Exclude<BegunState, "there"> };
