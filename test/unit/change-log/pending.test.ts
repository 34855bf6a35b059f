import assert from "node:assert/strict";
import { test } from "node:test";
import type { Observation } from "../../../src/change-log/recording/observation.ts";
import { Pending } from "../../../src/change-log/recording/pending.ts";
import { NAMESPACES } from "../../../src/kubernetes/resource.ts";

function observation(key: string, revision: number): Observation {
  return {
    ...{
      key,
      revision: String(revision),
      received: 0,
      namespace: "shop",
      name: "a",
      uid: "u",
      kept: undefined,
      deletionTimestamp: undefined,
    },
    ...{ resource: { ...NAMESPACES, versions: ["v1"], verbs: [] }, isNamespace: false, isDeletion: true },
    ...{ hasExcludeLabel: false, controller: undefined, manager: undefined },
  };
}

function taken(pending: Pending, revision: number): string[] {
  const found: string[] = [];
  for (let next = pending.take(String(revision)); next !== undefined; next = pending.take(String(revision)))
    found.push(next.revision);
  return found;
}

test("what is complete is given out once, in the order of resource versions of any length", () => {
  const pending = new Pending();
  for (const revision of [9, 12, 101]) pending.add(observation("configmaps shop/a", revision));
  for (const revision of [8, 10, 99]) pending.add(observation("secrets shop/a", revision));
  assert.deepEqual(taken(pending, 1000), [], "nothing is known to be complete");
  pending.complete("12");
  assert.deepEqual(taken(pending, 9), ["8", "9"]);
  pending.complete("100");
  pending.add(observation("secrets shop/a", 102));
  assert.deepEqual(taken(pending, 1000), ["10", "12", "99"]);
  pending.complete("102");
  assert.deepEqual(taken(pending, 1000), ["101", "102"]);
  assert.equal(pending.isEmpty, true);
  assert.equal(pending.bytes, 0);
});

test("what was not taken out stays, and counts; what is not complete can be dropped", () => {
  const pending = new Pending();
  for (const revision of [1, 2, 3, 4]) pending.add(observation("configmaps shop/a", revision));
  const each = pending.bytes / 4;
  pending.complete("3");
  pending.take("3");
  assert.equal(pending.bytes, each * 3);
  // A write is under way: what it lacks would be missing from a segment that says that it has all.
  pending.dropIncomplete();
  assert.equal(pending.bytes, each * 2);
  assert.deepEqual(taken(pending, 9), ["2", "3"]);
  assert.equal(pending.isEmpty, true);
});

test("those of one resource in a range are found, whether they are complete or not", () => {
  const pending = new Pending();
  for (const revision of [1, 3, 5, 7]) pending.add(observation("configmaps shop/a", revision));
  pending.add(observation("configmaps.example.com shop/a", 4));
  pending.complete("4");
  const found = pending.between("configmaps", "1", "5").map(({ revision }) => revision);
  assert.deepEqual(found, ["3", "5"]);
});
