import assert from "node:assert/strict";
import { test } from "node:test";
import { chooseLatest, type LatestCandidate, startOfChoice } from "../../../src/catalog/choose-latest.ts";

const MINUTE = 60_000;
const DAY = 86_400_000;
const NOW = Date.UTC(2026, 2, 1, 12);

/** What a backup is asked for otherwise. */
const KINDS = ["deployments.apps", "secrets", "services", "metrics.example.com"];

/** `name lineage lacks,lacks kinds,kinds scope`, a minute older than the one before; `-` for nothing, and for the rest. */
function candidates(texts: readonly string[]): LatestCandidate[] {
  return texts.map((text, index) => {
    const [name = "", lineage = "", lacks = "-", kinds = "-", scope = ""] = text.split(" ");
    const missing = lacks === "-" ? [] : lacks.split(",");
    const asked = kinds === "-" ? KINDS : kinds.split(",");
    return {
      name,
      lineage,
      time: new Date(NOW - index * MINUTE),
      missing,
      resources: asked.filter((each) => !missing.includes(each)),
      scope,
    };
  });
}

const CASES: { name: string; backups: string[]; latest: string }[] = [
  { name: "the only one", backups: ["n a deployments.apps"], latest: "n" },
  { name: "the newest lacks nothing", backups: ["n a", "o a"], latest: "n" },
  { name: "an older one lacks nothing", backups: ["n a deployments.apps", "o a", "p a"], latest: "o" },
  { name: "an older one lacks the same", backups: ["n a secrets", "o a secrets"], latest: "n" },
  { name: "an older one lacks something else", backups: ["n a secrets", "o a services"], latest: "n" },
  {
    name: "an older one lacks less",
    backups: ["n a secrets,metrics.example.com", "o a metrics.example.com"],
    latest: "o",
  },
  {
    name: "the least of all is lacking in the oldest",
    backups: ["n a secrets,metrics.example.com", "o a metrics.example.com", "p a"],
    latest: "p",
  },
  {
    name: "one that was asked for a few kinds",
    backups: ["n a secrets", "o a - secrets,services"],
    latest: "n",
  },
  {
    name: "one that was not asked for what the newest lacks",
    backups: ["n a secrets", "o a - deployments.apps,services,metrics.example.com"],
    latest: "n",
  },
  {
    name: "what was not served is named without its group",
    backups: ["n a metrics", "o a"],
    latest: "o",
  },
  { name: "one of a namespace", backups: ["n a secrets", "o a - - shop", "p a"], latest: "p" },
  {
    name: "both of a namespace",
    backups: ["n a secrets - shop", "o a", "p a - - shop"],
    latest: "p",
  },
  { name: "a whole one of another lineage", backups: ["n a secrets", "o b"], latest: "n" },
];

for (const { name, backups, latest } of CASES) {
  test(`the latest backup: ${name}`, () => {
    const [newest, ...older] = candidates(backups);
    assert.ok(newest);
    assert.equal(chooseLatest(newest, older).name, latest);
    assert.equal(chooseLatest(newest, older.toReversed()).name, latest);
  });
}

test("two intervals, by the manifest or by the distance of backups", () => {
  const newest = new Date(NOW);
  const previous = new Date(NOW - 10 * MINUTE);
  const minutes = (start: Date) => (NOW - start.getTime()) / MINUTE;
  assert.equal(minutes(startOfChoice(newest, { interval: 15 * MINUTE, previous })), 30);
  assert.equal(minutes(startOfChoice(newest, { interval: undefined, previous })), 20);
  assert.equal(minutes(startOfChoice(newest, { interval: undefined, previous: undefined })), 0);
  const monthsAgo = new Date(NOW - 90 * DAY);
  assert.equal(
    minutes(startOfChoice(newest, { interval: undefined, previous: monthsAgo })),
    (2 * DAY) / MINUTE,
  );
  assert.equal(minutes(startOfChoice(newest, { interval: 7 * DAY, previous })), (14 * DAY) / MINUTE);
});
