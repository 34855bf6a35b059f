import assert from "node:assert/strict";
import { test } from "node:test";
import { findMakers, findStrangers, isMeant, type MadeBackup } from "../../../src/catalog/makers.ts";

const HOUR = 3_600_000;
const START = Date.UTC(2026, 2, 1);

/** A backup of a cluster at an hour, of one that was restored at an hour from another one's backup. */
function made(id: string, hour: number, from?: { parent: string; restored: number }): MadeBackup {
  const at = (hours: number) => new Date(START + hours * HOUR);
  return {
    name: `${id}@${hour}`,
    time: at(hour),
    cluster: { id, name: id === "a" ? "blue" : undefined },
    parent: from && { cluster: from.parent, backup: "backup_x", restored: at(from.restored).toISOString() },
  };
}

test("makers are lineages, that of the newest backup first, under all of their names", () => {
  const child = made("b", 3, { parent: "a", restored: 2 });
  const makers = findMakers([made("a", 1), child, made("c", 2)]);
  assert.deepEqual(
    makers.map(({ cluster, newest }) => [cluster.id, newest.name]),
    [
      ["b", "b@3"],
      ["c", "c@2"],
    ],
  );
  const [first] = makers;
  assert.ok(first !== undefined && ["a", "b", "blue"].every((each) => isMeant(first, each)));
  assert.ok(first !== undefined && !isMeant(first, "c"));
});

const own = made("own", 9);
const STRANGERS: { name: string; made: MadeBackup[]; own: MadeBackup; strangers: string[] }[] = [
  { name: "nobody else", made: [made("own", 8)], own, strangers: [] },
  { name: "an empty place", made: [], own, strangers: [] },
  { name: "another one", made: [made("own", 7), made("a", 8)], own, strangers: ["a"] },
  {
    name: "the one from which this one was restored",
    made: [made("a", 1)],
    own: made("own", 9, { parent: "a", restored: 2 }),
    strangers: [],
  },
  {
    name: "the one from which this one was restored, and which goes on",
    made: [made("a", 3)],
    own: made("own", 9, { parent: "a", restored: 2 }),
    strangers: ["a"],
  },
  {
    name: "one that was restored from this one's backup",
    made: [made("own", 1), made("a", 3, { parent: "own", restored: 2 })],
    own,
    strangers: ["a"],
  },
];

for (const { name, made, own, strangers } of STRANGERS) {
  test(`strangers: ${name}`, () => {
    assert.deepEqual(
      findStrangers(made, own).map(({ cluster }) => cluster.id),
      strangers,
    );
  });
}
