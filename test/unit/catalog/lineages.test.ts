import assert from "node:assert/strict";
import { test } from "node:test";
import { findLineages, type LineageBackup } from "../../../src/catalog/lineages.ts";

/** `cluster@hour`, or `cluster@hour<parent@hour` for a cluster that was restored at that hour from the parent's backup. */
function parse(text: string): LineageBackup {
  const [own = "", from] = text.split("<");
  const [cluster = "", hour = "0"] = own.split("@");
  const [parent = "", restored = "0"] = (from ?? "").split("@");
  const at = (hours: string) => new Date(Date.UTC(2026, 2, 1, Number(hours)));
  return {
    cluster,
    time: at(hour),
    parent:
      from === undefined
        ? undefined
        : {
            cluster: parent,
            backup: "backup_20260301T000000Z",
            restored: at(restored).toISOString().replace(".000Z", "Z"),
          },
  };
}

const CASES: { name: string; backups: string[]; lineages: string[] }[] = [
  { name: "one cluster", backups: ["a@1", "a@2"], lineages: ["a"] },
  { name: "two that know nothing of each other", backups: ["a@1", "b@2", "a@3"], lineages: ["a", "b"] },
  { name: "a new one goes on where the old one ended", backups: ["a@1", "b@3<a@2"], lineages: ["a b"] },
  {
    name: "the old one has written since the restore",
    backups: ["a@1", "b@3<a@2", "a@4"],
    lineages: ["a", "b"],
  },
  {
    name: "the old one has written at the very end of the restore",
    backups: ["a@2", "b@3<a@2"],
    lineages: ["a b"],
  },
  { name: "the old one's backups are gone", backups: ["b@3<a@2"], lineages: ["b"] },
  {
    name: "of the new one only the later backups tell",
    backups: ["a@1", "b@3", "b@4<a@2"],
    lineages: ["a b"],
  },
  { name: "a chain", backups: ["a@1", "b@3<a@2", "c@5<b@4"], lineages: ["a b c"] },
  { name: "a chain whose middle is gone", backups: ["a@1", "c@5<b@4"], lineages: ["a", "c"] },
  {
    name: "two of one parent, one after the other",
    backups: ["a@1", "b@3<a@2", "c@5<a@4"],
    lineages: ["a b c"],
  },
  {
    name: "two of one parent that both go on",
    backups: ["a@1", "b@3<a@2", "b@6<a@2", "c@5<a@4"],
    lineages: ["a b", "c"],
  },
  {
    name: "the old one goes on, and a third was restored from it later",
    backups: ["a@1", "b@3<a@2", "a@4", "c@6<a@5"],
    lineages: ["a c", "b"],
  },
  { name: "its own backup", backups: ["a@1", "a@3<a@2"], lineages: ["a"] },
  {
    name: "back again",
    backups: ["a@1", "b@3<a@2", "a@5<b@4"],
    lineages: ["a b"],
  },
];

for (const { name, backups, lineages } of CASES) {
  test(`lineages: ${name}`, () => {
    const parsed = backups.map(parse);
    const clusters = [...new Set(parsed.map(({ cluster }) => cluster))].sort();
    for (const order of [parsed, parsed.toReversed()]) {
      const found = findLineages(order);
      const groups = Map.groupBy(clusters, (cluster) => found.of(cluster));
      assert.deepEqual([...groups.values()].map((group) => group.join(" ")).sort(), lineages);
    }
  });
}
