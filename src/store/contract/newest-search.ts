/**
 * Finds the newest backup with a forward-only listing, a thousand keys per page.
 *
 * Each request lists from a start time. If a page reaches the end of the listing, the page holds the
 * newest backup. A running loop has a backup in the last hour: one request. Otherwise the search lists
 * the days that have backups. The days are only a hint, because not every server supports the request;
 * without the hint the start moves back in growing steps. While more pages follow, the start moves
 * forward by bisection. 100,000 backups take three or four requests, or about a dozen without the hint.
 */

import type { StoredBackup } from "./store.ts";

/** A page of the listing. */
export interface SearchPage {
  /** The page's backups, oldest first. */
  backups: StoredBackup[];
  /** Requests the next page; undefined at the end of the listing. */
  more: (() => Promise<SearchPage>) | undefined;
}

/** Options of {@link findNewest}. */
export interface NewestSearch {
  /** Lists backups at or after `from`; all backups if `from` is undefined. */
  list: (from: Date | undefined) => Promise<SearchPage>;
  /** Returns the latest day with backups that starts between `from` and `until`, if the server can tell. */
  latestDay?: ((from: Date, until: Date) => Promise<Date | undefined>) | undefined;
  /** The current time, near which the newest backup is expected. */
  now: Date;
  /** Only backups at or before this time. */
  until?: Date | undefined;
}

const SECOND = 1_000;
const DAY = 86_400 * SECOND;

/** A running loop has its newest backup within this duration, in milliseconds. */
const RECENT = 3_600 * SECOND;

/** How far back the search lists days: one page of days. */
const DAYS_BACK = 1_000 * DAY;

/** Successive distances that the search goes back; the last is the whole listing. */
const STEPS_BACK = [DAY, 30 * DAY, 3 * 365 * DAY, Number.POSITIVE_INFINITY];

/** A range longer than this many pages is split on a logarithmic scale. */
const LOGARITHMIC_FROM = 4_096;

/** Returns the newest backup, or undefined if the listing holds no backup at or before `until`. */
export async function findNewest(search: NewestSearch): Promise<StoredBackup | undefined> {
  const end = search.until?.getTime() ?? Number.POSITIVE_INFINITY;
  const anchor = Math.min(search.now.getTime(), end);
  let { found, before } = await searchBack(search, anchor, end);
  while (found?.more !== undefined) {
    const last = found.newest.time;
    // Backups from the future are rare.
    const start: Date | undefined =
      last.getTime() < anchor && anchor < before
        ? new Date(anchor)
        : nextStart({ first: found.oldest.time, last, before });
    const later =
      start === undefined
        ? await firstPageWithBackups(await found.more(), end)
        : await findPage(search, start, end);
    if (later !== undefined) found = later;
    else if (start === undefined) found = { ...found, more: undefined };
    else before = start.getTime();
  }
  return found?.newest;
}

/** Goes back from `anchor` until a page holds backups. `before` is the time from which there are probably no backups. */
async function searchBack(
  search: NewestSearch,
  anchor: number,
  end: number,
): Promise<{ found: FoundPage | undefined; before: number }> {
  const recent = anchor - RECENT;
  const found = await findPage(search, new Date(recent), end);
  if (found !== undefined) return { found, before: end };
  let before = recent;
  const day = (await search.latestDay?.(new Date(anchor - DAYS_BACK), new Date(anchor)))?.getTime();
  if (day !== undefined && day < before) {
    const ofDay = await findPage(search, new Date(day), end);
    if (ofDay !== undefined) return { found: ofDay, before: Math.min(before, day + DAY) };
    before = day;
  }
  for (const step of STEPS_BACK) {
    const from = anchor - step;
    if (from >= before) continue;
    const older = await findPage(search, Number.isFinite(from) ? new Date(from) : undefined, end);
    if (older !== undefined) return { found: older, before };
    before = from;
  }
  return { found: undefined, before };
}

/** The input of {@link nextStart}. */
export interface Range {
  /** The oldest and the newest backup of the page before the gap. */
  first: Date;
  last: Date;
  /** The time from which there are no backups, in milliseconds; may be Infinity. */
  before: number;
}

/**
 * Returns the next start time in the gap between a page and `before`, or undefined if the gap is small
 * enough to continue page by page.
 */
export function nextStart({ first, last, before }: Range): Date | undefined {
  const pageLength = Math.max(last.getTime() - first.getTime(), SECOND);
  const top = Math.min(before, Date.UTC(9999, 11, 31, 23, 59, 59));
  const length = top - last.getTime();
  if (length <= 2 * pageLength) return undefined;
  const part = length > LOGARITHMIC_FROM * pageLength ? Math.sqrt(pageLength * length) : length / 2;
  return new Date(last.getTime() + Math.ceil(part / SECOND) * SECOND);
}

/** A page that holds backups in the requested range. */
interface FoundPage {
  oldest: StoredBackup;
  newest: StoredBackup;
  /** Requests the next page; undefined if no further page is in range. */
  more: (() => Promise<SearchPage>) | undefined;
}

async function findPage(
  search: NewestSearch,
  from: Date | undefined,
  end: number,
): Promise<FoundPage | undefined> {
  return await firstPageWithBackups(await search.list(from), end);
}

/** Returns the first page with backups, from `start` on. Pages may hold only foreign objects. */
async function firstPageWithBackups(start: SearchPage, end: number): Promise<FoundPage | undefined> {
  let page = start;
  for (;;) {
    const backups = page.backups.filter(({ time }) => time.getTime() <= end);
    const more = backups.length === page.backups.length ? page.more : undefined;
    const [oldest, newest] = [backups[0], backups.at(-1)];
    if (oldest !== undefined && newest !== undefined) return { oldest, newest, more };
    if (more === undefined) return undefined;
    page = await more();
  }
}
