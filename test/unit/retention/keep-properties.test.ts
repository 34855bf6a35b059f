/** What is true of every history of backups, whatever the rules; and the same as restic says, told otherwise. */

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import type { RetentionPolicy } from "../../../src/retention/decide.ts";
import type { Judge, Judgment } from "../../../src/retention/judgment.ts";
import { decideKeeping } from "../../../src/retention/keep.ts";
import type { TagSource } from "../../../src/retention/keep-tags.ts";
import { planPruning } from "../../../src/retention/plan.ts";
import type { KeepRules } from "../../../src/retention/rules.ts";
import { backupName } from "../../../src/store/contract/backup-name.ts";
import type { StoredBackup } from "../../../src/store/contract/store.ts";

const NOW = new Date("2026-06-15T12:00:00Z");
const HOUR = 3_600_000;

/** Times in clusters, so that hours and days hold several; some around turns of years; a few in the future. */
const TIME = fc
  .tuple(
    fc.constantFrom(0, 0, 1, 24, 160, 24 * 165, 24 * 530, 24 * 900),
    fc.integer({ min: -3600 * 3, max: 3600 * 60 }),
  )
  .map(([hours, seconds]) => new Date(NOW.getTime() - hours * HOUR - seconds * 1000));

const HISTORY = fc
  .uniqueArray(fc.record({ time: TIME, valid: fc.boolean() }), {
    maxLength: 60,
    selector: ({ time }) => time.getTime(),
  })
  .map((entries) => entries.map(({ time, valid }) => ({ name: backupName(time), time, valid, size: 1 })));

const COUNT = fc.option(fc.integer({ min: 1, max: 9 }), { nil: undefined });
const LENGTH = fc.option(
  fc.record({
    years: fc.integer({ min: 0, max: 2 }),
    months: fc.integer({ min: 0, max: 14 }),
    days: fc.integer({ min: 0, max: 40 }),
    hours: fc.integer({ min: 1, max: 50 }),
    weeks: fc.constant(0),
    minutes: fc.constant(0),
    seconds: fc.constant(0),
  }),
  { nil: undefined },
);
const RULES: fc.Arbitrary<KeepRules> = fc
  .record({
    last: COUNT,
    hourly: COUNT,
    daily: COUNT,
    weekly: COUNT,
    monthly: COUNT,
    yearly: COUNT,
    within: LENGTH,
  })
  .map((rules) => Object.fromEntries(Object.entries(rules).filter(([, value]) => value !== undefined)));

const decide = (history: readonly StoredBackup[], rules: KeepRules) =>
  decideKeeping(history, rules, { now: NOW, newestValid: undefined });
const kept = (decisions: readonly { backup: StoredBackup; keep: boolean }[]) =>
  new Set(decisions.filter(({ keep }) => keep).map(({ backup }) => backup.name));

/** Two digits. */
const two = (value: number) => String(value).padStart(2, "0");

/** The week by counting Mondays since one that began a year. */
function week(time: Date): string {
  const monday = Date.UTC(2001, 0, 1); // 2001-W01-1
  const index = Math.floor((time.getTime() - monday) / (7 * 24 * HOUR));
  let year = 2001;
  let first = 0;
  for (;;) {
    // The last week of a year is the one that holds 28 December.
    const weeks = Math.floor((Date.UTC(year, 11, 28) - monday) / (7 * 24 * HOUR)) + 1 - first;
    if (index < first + weeks) return `${year}/${index - first}`;
    first += weeks;
    year += 1;
  }
}

const PERIOD: Record<string, (time: Date) => string> = {
  hourly: (t) => `${t.getUTCFullYear()}${two(t.getUTCMonth())}${two(t.getUTCDate())}${two(t.getUTCHours())}`,
  daily: (t) => `${t.getUTCFullYear()}${two(t.getUTCMonth())}${two(t.getUTCDate())}`,
  weekly: week,
  monthly: (t) => `${t.getUTCFullYear()}${two(t.getUTCMonth())}`,
  yearly: (t) => `${t.getUTCFullYear()}`,
};

/**
 * restic's policy by sets: of each rule the latest periods and of each the newest backup, and the
 * oldest of all where periods are left over.
 */
function model(history: readonly StoredBackup[], rules: KeepRules): Set<string> {
  const names = new Set<string>();
  const past = history.filter(({ time }) => time <= NOW).sort((a, b) => (a.time < b.time ? 1 : -1));
  for (const { name, time } of history) if (time > NOW) names.add(name);
  for (const { name } of past.slice(0, rules.last ?? 0)) names.add(name);
  for (const [rule, periodOf] of Object.entries(PERIOD)) {
    const count = rules[rule as "daily"];
    if (count === undefined) continue;
    const groups = Object.values(Object.groupBy(past, ({ time }) => periodOf(time)));
    groups.sort((a, b) => ((a?.[0]?.time ?? 0) < (b?.[0]?.time ?? 0) ? 1 : -1));
    for (const group of groups.slice(0, count)) names.add(group?.[0]?.name ?? "");
    const oldest = past.at(-1);
    if (groups.length < count && oldest !== undefined) names.add(oldest.name);
  }
  for (const name of modelWithin(past, rules)) names.add(name);
  return names;
}

function modelWithin(past: readonly StoredBackup[], { within }: KeepRules): string[] {
  const newest = past[0]?.time;
  if (within === undefined || newest === undefined) return [];
  const from = Date.UTC(
    newest.getUTCFullYear() - within.years,
    newest.getUTCMonth() - within.months,
    newest.getUTCDate() - within.days,
    newest.getUTCHours() - within.hours,
    newest.getUTCMinutes(),
    newest.getUTCSeconds(),
  );
  return past.filter(({ time }) => time.getTime() > from).map(({ name }) => name);
}

describe("of every history", () => {
  it("each backup is either kept or removed, once, with a reason, the oldest first", () => {
    fc.assert(
      fc.property(HISTORY, RULES, (history, rules) => {
        const decisions = decide(history, rules);
        const inOrder = history.map(({ name }) => name).sort();
        assert.deepEqual(
          decisions.map(({ backup }) => backup.name),
          inOrder,
        );
        for (const { keep, reasons } of decisions) {
          assert.ok(reasons.length > 0);
          assert.equal(keep, !reasons.includes("no rule keeps it"));
        }
      }),
    );
  });

  it("the same is kept as by restic", () => {
    fc.assert(
      fc.property(HISTORY, RULES, (history, rules) => {
        assert.deepEqual([...kept(decide(history, rules))].sort(), [...model(history, rules)].sort());
      }),
      { numRuns: 1000 },
    );
  });

  it("more rules, and larger ones, keep no less", () => {
    fc.assert(
      fc.property(HISTORY, RULES, RULES, (history, rules, others) => {
        const more: Record<string, unknown> = { ...others, ...rules };
        for (const rule of ["last", ...Object.keys(PERIOD)] as "last"[]) {
          const counts = [rules[rule], others[rule]].filter((count) => count !== undefined);
          if (counts.length > 0) more[rule] = counts.reduce((sum, count) => sum + count, 0);
        }
        const keptByMore = kept(decide(history, more as KeepRules));
        for (const name of kept(decide(history, rules))) assert.ok(keptByMore.has(name), name);
      }),
    );
  });

  it("the newest valid backup of each cluster stays, and nothing is removed where none is valid", async () => {
    await fc.assert(
      fc.asyncProperty(STORE, RULES, MIN_AGE, async (store, rules, minAge) => {
        const { decisions, heldBack } = await plan(store, { rules, minAge });
        const past = store
          .filter(({ backup }) => backup.time <= NOW)
          .sort((a, b) => b.backup.time.getTime() - a.backup.time.getTime());
        const names = kept(decisions);
        for (const cluster of ["blue", "green"]) {
          const newest = past.find(({ truth }) => truth.state === "valid" && truth.cluster === cluster);
          if (newest !== undefined) assert.ok(names.has(newest.backup.name));
        }
        const removed = decisions.filter(({ keep }) => !keep).map(({ backup }) => backup);
        for (const { name, time } of removed) {
          assert.ok(time <= NOW, "one from the future is removed");
          assert.equal(store.find(({ backup }) => backup.name === name)?.claim.state, "valid");
        }
        if (!past.some(({ truth }) => truth.state === "valid")) {
          assert.deepEqual(removed, []);
          for (const { reason } of heldBack) assert.match(reason, /none of the backups can be read/);
        }
      }),
    );
  });

  it("a backup that turns out damaged, or of another cluster, never has another one removed", async () => {
    await fc.assert(
      fc.asyncProperty(STORE, RULES, MIN_AGE, async (store, rules, minAge) => {
        const whole = store.map((each) => ({ ...each, claim: BLUE, truth: BLUE }));
        const most = await plan(whole, { rules, minAge });
        const { decisions } = await plan(store, { rules, minAge });
        const keptAnyway = kept(most.decisions);
        for (const { keep, backup } of decisions)
          assert.ok(keep || !keptAnyway.has(backup.name), backup.name);
      }),
    );
  });

  it("nothing is removed before every kept one that makes room was read whole and found valid", async () => {
    await fc.assert(
      fc.asyncProperty(STORE, RULES, MIN_AGE, async (store, rules, minAge) => {
        const { decisions, checked } = await plan(store, { rules, minAge });
        const removed = decisions.filter(({ keep }) => !keep).map(({ backup }) => backup);
        if (removed.length === 0) return;
        // By the rules alone, of what was read and is valid: whatever was removed goes, and nothing else is needed.
        const proved = store.filter(
          ({ backup, truth }) => truth.state === "valid" && checked.has(backup.name),
        );
        for (const cluster of ["blue", "green"]) {
          const claims = (each: Stored) => each.claim.state === "valid" && each.claim.cluster === cluster;
          const ofCluster = removed.filter(({ name }) =>
            store.some((each) => each.backup.name === name && claims(each)),
          );
          if (ofCluster.length === 0) continue;
          const base = proved.filter(claims);
          const again = await plan(
            [...base, ...store.filter((each) => ofCluster.includes(each.backup) && !base.includes(each))],
            { rules, minAge },
          );
          assert.deepEqual(
            [...kept(again.decisions)].filter((name) => ofCluster.some((each) => each.name === name)),
            [],
          );
        }
      }),
    );
  });

  it("what has the tag keep stays, and all else is decided as without tags", async () => {
    await fc.assert(
      fc.asyncProperty(
        STORE,
        RULES,
        MIN_AGE,
        fc.infiniteStream(fc.boolean()),
        async (store, rules, minAge, coins) => {
          const chosen = new Set(
            store.filter(() => coins.next().value === true).map(({ backup }) => backup.name),
          );
          const tags: TagSource = {
            ...NO_TAGS,
            tagged: async () => chosen,
            laterOf: async () => new Map([...chosen].map((name) => [name, ["keep"]])),
          };
          const without = await plan(store, { rules, minAge });
          const withTags = await plan(store, { rules, minAge }, tags);
          const expected = without.decisions
            .filter(({ keep, backup }) => keep || chosen.has(backup.name))
            .map(({ backup }) => backup.name);
          for (const name of chosen) assert.ok(kept(withTags.decisions).has(name));
          for (const name of expected) {
            if (!kept(withTags.decisions).has(name)) assert.fail(`${name} would go for a tag of another`);
          }
        },
      ),
    );
  });
});

const BLUE: Judgment = { state: "valid", cluster: "blue", objects: 5 };
const GREEN: Judgment = { state: "valid", cluster: "green", objects: 5 };
const DAMAGED: Judgment = { state: "damaged", reason: "it is damaged" };

/** A backup, what its manifest says, and what its bytes are. */
interface Stored {
  backup: StoredBackup;
  claim: Judgment;
  truth: Judgment;
}

const DAY = 86_400_000;
const MIN_AGE = fc.constantFrom(0, DAY, 30 * DAY);
const STORE: fc.Arbitrary<Stored[]> = HISTORY.chain((history) =>
  fc.tuple(
    ...history.map(({ name, time }) =>
      fc
        .record({
          claim: fc.constantFrom(BLUE, BLUE, GREEN, DAMAGED),
          rotten: fc.boolean(),
          cameAfter: fc.constantFrom(0, 0, 0, 40 * DAY, 400 * DAY),
        })
        .map(({ claim, rotten, cameAfter }) => ({
          backup: { name, time, size: 1, lastModified: new Date(time.getTime() + cameAfter), etag: "1" },
          claim,
          truth: rotten ? DAMAGED : claim,
        })),
    ),
  ),
);

/** Who has no tags. */
const NO_TAGS: TagSource = {
  tagged: async () => new Set(),
  laterOf: async () => new Map(),
  givenByNote: async () => [],
};

async function plan(store: readonly Stored[], policy: RetentionPolicy, tags = NO_TAGS) {
  const byName = new Map(store.map((each) => [each.backup.name, each]));
  const checked = new Set<string>();
  const judge: Judge = {
    look: async ({ name }) => byName.get(name)?.claim,
    check: async ({ name }) => {
      checked.add(name);
      return byName.get(name)?.truth;
    },
  };
  const backups = store.map(({ backup }) => backup);
  const { signal } = new AbortController();
  return { ...(await planPruning({ policy, now: NOW, backups, judge, tags }, signal)), checked };
}
