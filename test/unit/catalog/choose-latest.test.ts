import assert from "node:assert/strict";
import { test } from "node:test";
import { chooseLatest, type LatestCandidate, startOfChoice } from "../../../src/catalog/choose-latest.ts";

const MINUTE = 60_000;
const NOW = Date.UTC(2026, 2, 1, 12);

/** `name cluster lacks,lacks`, a minute older than the one before. */
function candidates(texts: readonly string[]): LatestCandidate[] {
  return texts.map((text, index) => {
    const [name = "", cluster = "", missing = ""] = text.split(" ");
    return {
      name,
      cluster,
      time: new Date(NOW - index * MINUTE),
      missing: missing.split(",").filter((each) => each !== ""),
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
  { name: "a whole one of another cluster", backups: ["n a secrets", "o b"], latest: "n" },
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
});
