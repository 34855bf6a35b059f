import type { Store, StoredBackup } from "../store/contract/store.ts";

/** Which backups to select; all backups by default. */
export interface BackupFilter {
  /** Only backups at or after this time. */
  from?: Date | undefined;
  /** Only backups at or before this time. */
  until?: Date | undefined;
  /** Only the newest N of the selected backups. */
  last?: number | undefined;
}

const DAY = 86_400_000;

/** Successive widths of the search window, in days, before the search lists everything. */
const DAYS_BACK = [1, 16, 256, 4_096];

/** Yields the selected backups, oldest first, from the store's listing. Only `last` backups are buffered. */
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

/** A listing only goes forward. To avoid listing all backups, the search starts near the newest backup. */
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

/** Returns the last `count` of what comes oldest first. Buffers fewer than twice as many. */
export async function newestOf<Backup>(backups: AsyncIterable<Backup>, count: number): Promise<Backup[]> {
  let held: Backup[] = [];
  for await (const backup of backups) {
    held.push(backup);
    if (held.length >= 2 * count) held = held.slice(-count);
  }
  return held.slice(-count);
}
