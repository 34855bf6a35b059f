import type { Store, StoredBackup } from "../store/contract/store.ts";

/** Which backups are asked for; all without any of it. */
export interface BackupFilter {
  /** Only backups of this moment or later. */
  from?: Date | undefined;
  /** Only backups of this moment or earlier. */
  until?: Date | undefined;
  /** Of those only the newest, so many. */
  last?: number | undefined;
}

const DAY = 86_400_000;

/** How far back the newest are looked for, in days, one step after the other; then everywhere. */
const DAYS_BACK = [1, 16, 256, 4_096];

/** The backups asked for, oldest first, as the store lists them: only the last ones asked for are held. */
export async function* selectBackups(
  store: Store,
  { from, until, last }: BackupFilter,
  signal: AbortSignal,
): AsyncGenerator<StoredBackup> {
  if (last === undefined) yield* listBetween(store, { from, until }, signal);
  else yield* await lastOf(store, { from, until, last }, signal);
}

async function* listBetween(
  store: Store,
  { from, until }: BackupFilter,
  signal: AbortSignal,
): AsyncGenerator<StoredBackup> {
  for await (const backup of store.list({ from }, signal)) {
    if (until !== undefined && backup.time > until) return;
    yield backup;
  }
}

/** A listing only goes forwards: the last few of very many are looked for near the newest. */
async function lastOf(
  store: Store,
  { from, until, last }: BackupFilter & { last: number },
  signal: AbortSignal,
): Promise<StoredBackup[]> {
  const newest = await store.newest({ until }, signal);
  if (newest === undefined) return [];
  for (const days of DAYS_BACK) {
    const start = new Date(newest.time.getTime() - days * DAY);
    if (from !== undefined && start <= from) break;
    const found = await newestOf(listBetween(store, { from: start, until }, signal), last);
    if (found.length === last) return found;
  }
  return await newestOf(listBetween(store, { from, until }, signal), last);
}

/** The last ones of a listing; as it goes on, no more than twice as many are held. */
async function newestOf(backups: AsyncIterable<StoredBackup>, count: number): Promise<StoredBackup[]> {
  let held: StoredBackup[] = [];
  for await (const backup of backups) {
    held.push(backup);
    if (held.length >= 2 * count) held = held.slice(-count);
  }
  return held.slice(-count);
}
