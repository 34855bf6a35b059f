import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { backupName } from "../../../src/store/contract/backup-name.ts";
import { findNewest, nextStart, type SearchPage } from "../../../src/store/contract/newest-search.ts";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const DAY = 86_400 * SECOND;
const NOW = Date.UTC(2026, 10, 22, 12);

/** A listing of backups at these times, oldest first, `pageSize` keys a page, foreign keys included. */
function listing(times: readonly number[], options: { pageSize?: number; foreign?: readonly number[] } = {}) {
  const { pageSize = 1_000, foreign = [] } = options;
  const strangers = new Set(foreign);
  const keys = [...times, ...foreign].sort((a, b) => a - b);
  const counted = { requests: 0 };
  const page = (start: number): SearchPage => {
    counted.requests++;
    const end = start + pageSize;
    const backups = keys
      .slice(start, end)
      .filter((time) => !strangers.has(time))
      .map((time) => ({ name: backupName(new Date(time)), time: new Date(time), size: 1 }));
    return { backups, more: end < keys.length ? async () => page(end) : undefined };
  };
  const list = async (from: Date | undefined) => {
    const start = from === undefined ? 0 : keys.findIndex((time) => time >= from.getTime());
    return page(start < 0 ? keys.length : start);
  };
  const latestDay = async (from: Date, until: Date) => {
    counted.requests++;
    const last = keys.findLast((time) => time >= from.getTime() && time <= until.getTime());
    return last === undefined ? undefined : new Date(Math.floor(last / DAY) * DAY);
  };
  return { list, latestDay, counted };
}

async function newestOf(
  times: readonly number[],
  until?: number,
  latestDay?: () => Promise<Date | undefined>,
) {
  const { list } = listing(times, { pageSize: 10 });
  const search = {
    list,
    latestDay,
    now: new Date(NOW),
    until: until === undefined ? undefined : new Date(until),
  };
  return (await findNewest(search))?.time.getTime();
}

describe("The search for the newest backup", () => {
  test("finds what a look at all would find, whatever the times are", async () => {
    const time = fc.oneof(
      fc.integer({ min: 0, max: Date.UTC(9999, 0, 1) / SECOND }),
      fc.integer({ min: (NOW - 2 * DAY) / SECOND, max: (NOW + DAY) / SECOND }),
      fc.integer({ min: (NOW - 400 * DAY) / SECOND, max: (NOW - 400 * DAY) / SECOND + 300 }),
    );
    const hint = fc.option(time, { nil: undefined });
    const property = fc.asyncProperty(
      fc.uniqueArray(time, { maxLength: 200 }),
      fc.uniqueArray(time, { maxLength: 50 }),
      fc.option(time, { nil: undefined }),
      hint,
      async (seconds, strangers, untilSecond, hinted) => {
        const until = untilSecond === undefined ? undefined : untilSecond * SECOND;
        const times = seconds.map((second) => second * SECOND).sort((a, b) => a - b);
        const foreign = strangers
          .filter((second) => !seconds.includes(second))
          .map((second) => second * SECOND);
        const { list } = listing(times, { pageSize: 10, foreign });
        const latestDay = async () => (hinted === undefined ? undefined : new Date(hinted * SECOND));
        const found = await findNewest({
          list,
          latestDay,
          now: new Date(NOW),
          until: until === undefined ? undefined : new Date(until),
        });
        const expected = times.findLast((moment) => until === undefined || moment <= until);
        assert.equal(found?.time.getTime(), expected);
      },
    );
    await fc.assert(property, { numRuns: 2_000 });
  });

  test("takes a handful of requests among 100,000, and about a dozen where no days can be listed", async () => {
    for (const [every, age] of [
      [MINUTE, MINUTE],
      [MINUTE, 2 * 60 * MINUTE],
      [MINUTE, 3 * DAY],
      [MINUTE, 100 * DAY],
      [10 * MINUTE, 20 * DAY],
      [10 * MINUTE, 365 * DAY],
      [60 * MINUTE, 0],
      [60 * MINUTE, 400 * DAY],
    ] as const) {
      const times = Array.from({ length: 100_000 }, (_, index) => NOW - age - (99_999 - index) * every);
      const { list, latestDay, counted } = listing(times);
      const expected = NOW - age;
      assert.equal((await findNewest({ list, latestDay, now: new Date(NOW) }))?.time.getTime(), expected);
      const limit = age < 60 * MINUTE ? 1 : 4;
      assert.ok(
        counted.requests <= limit,
        `every ${every / MINUTE} min, ${age / DAY} days old: ${counted.requests}`,
      );
      counted.requests = 0;
      assert.equal((await findNewest({ list, now: new Date(NOW) }))?.time.getTime(), expected);
      assert.ok(counted.requests <= 14, `without days: ${counted.requests}`);
    }
  });

  test("goes on from a page that is full in the last hour", async () => {
    const times = Array.from({ length: 3_000 }, (_, index) => NOW - (3_000 - index) * SECOND);
    const { list, counted } = listing(times);
    assert.equal((await findNewest({ list, now: new Date(NOW) }))?.time.getTime(), NOW - SECOND);
    assert.ok(counted.requests <= 4, String(counted.requests));
  });

  for (const [what, times, until, expected] of [
    ["nothing", [], undefined, undefined],
    ["one of the far past", [0], undefined, 0],
    ["one of the far future", [Date.UTC(9999, 0, 1)], undefined, Date.UTC(9999, 0, 1)],
    ["the future's where the present's is there too", [NOW, NOW + 900 * DAY], undefined, NOW + 900 * DAY],
    ["the moment itself", [NOW - DAY, NOW], NOW, NOW],
    ["none after the moment", [NOW - DAY, NOW], NOW - SECOND, NOW - DAY],
    ["none where all are later", [NOW], NOW - DAY, undefined],
    ["one from the future until then", [NOW, NOW + DAY, NOW + 2 * DAY], NOW + 1.5 * DAY, NOW + DAY],
  ] as [string, number[], number | undefined, number | undefined][]) {
    test(`finds ${what}`, async () => {
      assert.equal(await newestOf(times, until), expected);
    });
  }

  test("believes no hint that leads nowhere", async () => {
    for (const hint of [0, NOW - 5 * DAY, NOW - 20 * DAY, NOW, NOW + DAY]) {
      assert.equal(await newestOf([NOW - 10 * DAY], undefined, async () => new Date(hint)), NOW - 10 * DAY);
    }
  });
});

describe("The next place to look", () => {
  const page = { first: new Date(0), last: new Date(100 * SECOND) };
  for (const [before, expected] of [
    [300 * SECOND, undefined],
    [400 * SECOND, 250 * SECOND],
    [100_100 * SECOND, 50_100 * SECOND],
    [Number.POSITIVE_INFINITY, 100 * SECOND + Math.ceil(Math.sqrt(100 * (253_402_300_799 - 100))) * SECOND],
  ] as const) {
    test(`between a page of 100 s and ${before / SECOND} s is ${expected === undefined ? "the next page" : `${expected / SECOND} s`}`, () => {
      assert.equal(nextStart({ ...page, before })?.getTime(), expected);
    });
  }
});
