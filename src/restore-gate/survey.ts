import { inspectBackup, inspectBackups } from "../catalog/inspect-backup.ts";
import { knownManifest } from "../catalog/inspection.ts";
import { findMakers, type MadeBackup, type Maker, madeBackup } from "../catalog/makers.ts";
import { selectBackups } from "../catalog/select-backups.ts";
import { backupTime } from "../store/contract/backup-name.ts";
import type { Store, StoredBackup } from "../store/contract/store.ts";
import { CLOCK_ALLOWANCE } from "./decide.ts";

/** What the gate has to know of a store. */
export interface Survey {
  /** The newest backup, one from the future included; what is from the future and cannot be read does not count. */
  newest: { name: string; time: Date } | undefined;
  /** What is named as a backup from the future and cannot be read, and what is not encrypted where it must be. */
  passedOver: { name: string; reason: string; plain?: boolean }[];
  /** Who wrote within MAXRESTOREAGE, where the newest backup is fresh. */
  makers: Maker[];
}

/**
 * Who made which backups, by name: of exactly the bytes of an etag. The gate looks at the store once more when it is alone, and
 * reads no manifest twice for that.
 */
export type KnownMakers = Map<string, { etag: string; made: MadeBackup | undefined }>;

/** Options of {@link surveyStore}. */
export interface SurveyOptions {
  store: Store;
  now: Date;
  /** MAXRESTOREAGE in milliseconds. */
  maxRestoreAge: number;
  /** Whether only encrypted backups count. */
  encryptedOnly?: boolean | undefined;
  /** Names of backups that count besides those within MAXRESTOREAGE: a change log goes on from them. */
  bases?: readonly string[] | undefined;
  /** What an earlier look has found out, and where this one puts it down. */
  known?: KnownMakers | undefined;
  /** Told of the progress: each backup within MAXRESTOREAGE is looked into. */
  health?: { progress(): void } | undefined;
}

/**
 * Looks at the backups that the gate's decision depends on: those from the future, and the manifests of all within
 * MAXRESTOREAGE.
 */
export async function surveyStore(
  { store, now, maxRestoreAge, encryptedOnly = false, bases = [], known = new Map(), health }: SurveyOptions,
  signal: AbortSignal,
): Promise<Survey> {
  const limit = new Date(now.getTime() + CLOCK_ALLOWANCE);
  const from = new Date(now.getTime() - maxRestoreAge);
  const { newest, passedOver } = await newestThatCounts(store, { limit, from, encryptedOnly }, signal);
  const isStale = newest !== undefined && newest.time < from && bases.length === 0;
  if (newest === undefined || newest.time > limit || isStale) return { newest, passedOver, makers: [] };
  const counting = await Array.fromAsync(
    counted(selectBackups(store, { from, until: limit }, signal), encryptedOnly),
  );
  for (const name of bases) {
    const base = await store.newest({ until: backupTime(name) }, signal);
    if (base?.name === name && !counting.some((each) => each.name === name)) counting.push(base);
  }
  const made = await madeOf(counting, { store, known, health }, signal);
  return { newest, passedOver, makers: findMakers(made) };
}

/** Who made backups, as their manifests say; of what cannot be read nobody knows. */
async function madeOf(
  backups: readonly StoredBackup[],
  { store, known, health }: Pick<SurveyOptions, "store" | "health"> & { known: KnownMakers },
  signal: AbortSignal,
): Promise<MadeBackup[]> {
  const isKnown = ({ name, etag }: StoredBackup) => etag !== undefined && known.get(name)?.etag === etag;
  const made = backups.filter(isKnown).map(({ name }) => known.get(name)?.made);
  const unknown = each(backups.filter((backup) => !isKnown(backup)));
  for await (const { backup, inspection } of inspectBackups(store, unknown, signal)) {
    health?.progress();
    const manifest = knownManifest(inspection);
    const found = manifest && madeBackup(backup, manifest);
    made.push(found);
    if (backup.etag !== undefined) known.set(backup.name, { etag: backup.etag, made: found });
  }
  return made.filter((found) => found !== undefined);
}

async function* each<Item>(items: readonly Item[]): AsyncGenerator<Item> {
  yield* items;
}

/** Goes back over what is from the future and cannot be read, and over what is not encrypted where it must be. */
async function newestThatCounts(
  store: Store,
  { limit, from, encryptedOnly }: { limit: Date; from: Date; encryptedOnly: boolean },
  signal: AbortSignal,
): Promise<Pick<Survey, "newest" | "passedOver">> {
  const passedOver: Survey["passedOver"] = [];
  let newest = await store.newest({}, signal);
  while (newest !== undefined && newest.time > limit) {
    if (!counts(newest, encryptedOnly)) passedOver.push(plainBackup(newest));
    else {
      const inspection = await inspectBackup(store, newest.name, signal);
      if (inspection !== undefined && inspection.state !== "damaged") break;
      if (inspection !== undefined) passedOver.push({ name: newest.name, reason: inspection.reason });
    }
    newest = await store.newest({ until: new Date(newest.time.getTime() - 1000) }, signal);
  }
  if (newest === undefined || counts(newest, encryptedOnly)) return { newest, passedOver };
  passedOver.push(plainBackup(newest));
  // One listing, since all of them may be in plain. What is older than this is no backup that the gate restores.
  let encrypted: StoredBackup | undefined;
  for await (const backup of counted(selectBackups(store, { from, until: limit }, signal), encryptedOnly)) {
    encrypted = backup;
  }
  return { newest: encrypted, passedOver };
}

/** Whether a backup may be one that the gate restores. One that is there in both forms is not known to be anybody's. */
function counts({ form }: StoredBackup, encryptedOnly: boolean): boolean {
  return !encryptedOnly || form === "zip.age";
}

async function* counted(
  backups: AsyncIterable<StoredBackup>,
  encryptedOnly: boolean,
): AsyncGenerator<StoredBackup> {
  for await (const backup of backups) if (counts(backup, encryptedOnly)) yield backup;
}

function plainBackup({ name, form }: StoredBackup): Survey["passedOver"][number] {
  const reason = form === "both" ? "it is there encrypted and in plain" : "it is not encrypted";
  return { name, reason, plain: true };
}
