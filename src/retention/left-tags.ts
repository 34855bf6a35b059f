import { OperatorError } from "../errors.ts";
import type { SidePlace } from "../store/contract/side-objects.ts";
import type { Store } from "../store/contract/store.ts";
import { tagsPlace } from "../tags/read-tag-list.ts";
import type { Log } from "../terminal/log/log.ts";
import { outlived } from "./old-records.ts";
import { byOwnClock } from "./own-clock.ts";

/** For so long tags stay whose backup is not there, in milliseconds: a copy of a store brings them in any order. */
const MIN_AGE = 86_400_000;

/** Options of {@link planLeftTags}. */
export interface LeftTagsOptions {
  /** With all of its backups: tags stay with a backup that nobody vouches for, too. */
  store: Pick<Store, "list" | "beside" | "clockSkew">;
  now: Date;
  /** Names of backups that are known to be there. */
  there?: Iterable<string> | undefined;
}

/**
 * Finds the tags that were set later and whose backup is gone: it was removed by hand, or the removal ended between the two.
 * The tags are listed before the backups, so that those of a backup that comes meanwhile are none of them.
 *
 * @throws {OperatorError} where the store cannot be read.
 */
export async function planLeftTags(
  { store, now, there = [] }: LeftTagsOptions,
  signal: AbortSignal,
): Promise<SidePlace[]> {
  const before = new Date(now.getTime() - MIN_AGE);
  const listed = await Array.fromAsync(store.beside.listBefore("tags", before, signal));
  const known = new Set(there);
  const unknown = listed.filter(
    ({ place: { backup, suffix } }) => suffix === tagsPlace(backup).suffix && !known.has(backup),
  );
  if (unknown.length === 0) return [];
  for await (const { name } of store.list({}, signal)) known.add(name);
  // Whose backups are all gone at once has lost them: what tells of them stays.
  if (known.size === 0) return [];
  return outlived(byOwnClock(unknown, store.clockSkew()), { stored: known, before });
}

/** Removes them, beside what somebody has asked for: that it fails is a warning. */
export async function sweepLeftTags(
  { store, now, log }: LeftTagsOptions & { log: Pick<Log, "info" | "warn"> },
  signal: AbortSignal,
): Promise<void> {
  if (signal.aborted) return;
  try {
    const places = await planLeftTags({ store, now }, signal);
    for (const place of places) await store.beside.remove(place, signal);
    if (places.length > 0) log.info({ removed: places.length }, "Tags removed whose backups are gone");
  } catch (error) {
    if (!(error instanceof OperatorError)) {
      if (signal.aborted) return;
      throw error;
    }
    log.warn({ err: error }, "Tags whose backups are gone are not removed");
  }
}
