import { inspectBackup, inspectBackups } from "../catalog/inspect-backup.ts";
import { findMakers, type MadeBackup, type Maker, madeBackup } from "../catalog/makers.ts";
import { selectBackups } from "../catalog/select-backups.ts";
import type { Store } from "../store/contract/store.ts";
import { CLOCK_ALLOWANCE } from "./decide.ts";

/** What the gate has to know of a store. */
export interface Survey {
  /** The newest backup, one from the future included; what is from the future and cannot be read does not count. */
  newest: { name: string; time: Date } | undefined;
  /** What is named as a backup from the future and cannot be read. */
  passedOver: { name: string; reason: string }[];
  /** Who wrote within MAXRESTOREAGE, where the newest backup is fresh. */
  makers: Maker[];
}

/** Options of {@link surveyStore}. */
export interface SurveyOptions {
  store: Store;
  now: Date;
  /** MAXRESTOREAGE in milliseconds. */
  maxRestoreAge: number;
  /** Told of the progress: each backup within MAXRESTOREAGE is looked into. */
  health?: { progress(): void } | undefined;
}

/**
 * Looks at the backups that the gate's decision depends on: those from the future, and the manifests of all within
 * MAXRESTOREAGE.
 */
export async function surveyStore(
  { store, now, maxRestoreAge, health }: SurveyOptions,
  signal: AbortSignal,
): Promise<Survey> {
  const limit = new Date(now.getTime() + CLOCK_ALLOWANCE);
  const { newest, passedOver } = await newestThatCounts(store, limit, signal);
  const from = new Date(now.getTime() - maxRestoreAge);
  if (newest === undefined || newest.time > limit || newest.time < from)
    return { newest, passedOver, makers: [] };
  const made: MadeBackup[] = [];
  const fresh = selectBackups(store, { from, until: limit }, signal);
  for await (const { backup, inspection } of inspectBackups(store, fresh, signal)) {
    health?.progress();
    if (inspection.state === "valid") made.push(madeBackup(backup, inspection.manifest));
  }
  return { newest, passedOver, makers: findMakers(made) };
}

/** Goes back over what is from the future and cannot be read. */
async function newestThatCounts(
  store: Store,
  limit: Date,
  signal: AbortSignal,
): Promise<Pick<Survey, "newest" | "passedOver">> {
  const passedOver: Survey["passedOver"] = [];
  let newest = await store.newest({}, signal);
  while (newest !== undefined && newest.time > limit) {
    const inspection = await inspectBackup(store, newest.name, signal);
    if (inspection !== undefined && inspection.state !== "damaged") break;
    if (inspection !== undefined) passedOver.push({ name: newest.name, reason: inspection.reason });
    newest = await store.newest({ until: new Date(newest.time.getTime() - 1000) }, signal);
  }
  return { newest, passedOver };
}
