/**
 * Finds the newest backup through a listing that only goes forwards, a thousand keys a page.
 *
 * The listing is asked from some moment on. Where a page reaches the end, the newest is on it. A
 * loop that is alive has one in the last hour: one request. Otherwise the listing is asked for the
 * days of which it has backups, which is a hint and no more, since not every server can tell; and
 * without it the start goes back in growing steps. While more follows than one page holds, the
 * start goes forwards by halves. 100,000 backups take three or four requests, or about a dozen
 * where no hint can be had.
 */

import type { StoredBackup } from "./store.ts";

/** A part of the listing. */
export interface SearchPage {
  /** Backups of the page, oldest first. */
  backups: StoredBackup[];
  /** Asks for what follows; undefined at the end of the listing. */
  more: (() => Promise<SearchPage>) | undefined;
}

/** Options of {@link findNewest}. */
export interface NewestSearch {
  /** Lists backups of a moment and later; all where it is undefined. */
  list: (from: Date | undefined) => Promise<SearchPage>;
  /** The latest day not before `from` and begun by `until` of which there are backups, if that can be told. */
  latestDay?: ((from: Date, until: Date) => Promise<Date | undefined>) | undefined;
  /** The present, near which the newest is expected. */
  now: Date;
  /** Only backups of this moment or earlier. */
  until?: Date | undefined;
}

const SECOND = 1_000;
const DAY = 86_400 * SECOND;

/** Where a loop that is alive has its newest. */
const RECENT = 3_600 * SECOND;

/** How far back days are asked for: one page of them. */
const DAYS_BACK = 1_000 * DAY;

/** How far back the search goes, one step after the other; then the whole listing. */
const STEPS_BACK = [DAY, 30 * DAY, 3 * 365 * DAY, Number.POSITIVE_INFINITY];

/** From how many times a page's length on a range is cut on a logarithmic scale. */
const WIDE = 4_096;

/** The newest backup, or undefined where the listing holds none of the time asked for. */
export async function findNewest(search: NewestSearch): Promise<StoredBackup | undefined> {
  const end = search.until?.getTime() ?? Number.POSITIVE_INFINITY;
  const anchor = Math.min(search.now.getTime(), end);
  let { found, before } = await lookBack(search, anchor, end);
  while (found?.more !== undefined) {
    const last = found.newest.time;
    // Backups of the future are few, if there are any.
    const start: Date | undefined =
      last.getTime() < anchor && anchor < before
        ? new Date(anchor)
        : nextStart({ first: found.oldest.time, last, before });
    const later =
      start === undefined ? await follow(await found.more(), end) : await look(search, start, end);
    if (later !== undefined) found = later;
    else if (start === undefined) found = { ...found, more: undefined };
    else before = start.getTime();
  }
  return found?.newest;
}

/** Goes back from the present until something is found, and says from when on there is probably nothing. */
async function lookBack(
  search: NewestSearch,
  anchor: number,
  end: number,
): Promise<{ found: Look | undefined; before: number }> {
  const recent = anchor - RECENT;
  const found = await look(search, new Date(recent), end);
  if (found !== undefined) return { found, before: end };
  let before = recent;
  const day = (await search.latestDay?.(new Date(anchor - DAYS_BACK), new Date(anchor)))?.getTime();
  if (day !== undefined && day < before) {
    const ofDay = await look(search, new Date(day), end);
    if (ofDay !== undefined) return { found: ofDay, before: Math.min(before, day + DAY) };
    before = day;
  }
  for (const step of STEPS_BACK) {
    const from = anchor - step;
    if (from >= before) continue;
    const older = await look(search, Number.isFinite(from) ? new Date(from) : undefined, end);
    if (older !== undefined) return { found: older, before };
    before = from;
  }
  return { found: undefined, before };
}

/** What {@link nextStart} decides by. */
export interface Range {
  /** The oldest and the newest backup of the page before the gap. */
  first: Date;
  last: Date;
  /** The moment from which on there is none, in milliseconds; may be Infinity. */
  before: number;
}

/**
 * Where to look next in what is between a page and the moment from which on there is nothing;
 * undefined where that is so little that one goes on page by page.
 */
export function nextStart({ first, last, before }: Range): Date | undefined {
  const pageLength = Math.max(last.getTime() - first.getTime(), SECOND);
  const top = Math.min(before, Date.UTC(9999, 11, 31, 23, 59, 59));
  const length = top - last.getTime();
  if (length <= 2 * pageLength) return undefined;
  const part = length > WIDE * pageLength ? Math.sqrt(pageLength * length) : length / 2;
  return new Date(last.getTime() + Math.ceil(part / SECOND) * SECOND);
}

/** A page with backups of the time asked for. */
interface Look {
  oldest: StoredBackup;
  newest: StoredBackup;
  /** Asks for what follows; undefined where nothing that counts does. */
  more: (() => Promise<SearchPage>) | undefined;
}

async function look(search: NewestSearch, from: Date | undefined, end: number): Promise<Look | undefined> {
  return await follow(await search.list(from), end);
}

/** The first page that holds backups, from this one on: pages may hold nothing but other things. */
async function follow(start: SearchPage, end: number): Promise<Look | undefined> {
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
