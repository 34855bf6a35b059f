import assert from "node:assert/strict";
import { test } from "node:test";
import { findLoss, type LossRecord } from "../../../src/restore-gate/newest/find-loss.ts";

/** A change: `+` made, `~` changed or `-` deleted, its minute, its path, and the minute of its deletionTimestamp. */
function record(word: string): LossRecord {
  const [, sign = "", minute = "", path = "", deletion] =
    /^([-+~])([\d.]+):([^@]+)(?:@([\d.]+))?$/.exec(word) ?? [];
  const [namespace, name] = path.includes("/") ? path.split("/") : [undefined, path];
  return {
    ...{ revision: "1", time: at(minute) },
    operation: sign === "+" ? "create" : sign === "~" ? "update" : "delete",
    resource: namespace === undefined ? "namespaces" : "configmaps",
    ...(namespace === undefined ? {} : { namespace }),
    name: name as string,
    ...(deletion === undefined ? {} : { deletionTimestamp: at(deletion) }),
  };
}

function at(minute: string): string {
  return new Date(Date.UTC(2026, 10, 30, 14, 0, Number(minute) * 60)).toISOString();
}

/** 12 objects: the namespaces a, b, c, and 4, 4 and 1 ConfigMaps in them. */
const HELD = {
  total: 12,
  byNamespace: new Map([
    ["a", 4],
    ["b", 4],
    ["c", 1],
  ]),
};

const A = (minute: number) => [1, 2, 3, 4].map((name) => `-${minute}:a/${name}`);
const MOST = (minute: number) => [...A(minute).slice(1), ...A(minute).slice(1).map(inB), `-${minute}:c/1`];

function inB(word: string): string {
  return word.replace("a/", "b/");
}

const CASES: readonly [name: string, words: readonly string[], loss: string | undefined][] = [
  ["nothing changed", [], undefined],
  ["half of the objects are no loss", [...A(5).slice(1), ...A(5).slice(1).map(inB)], undefined],
  ["more than half", MOST(5), "7/12 from 5: "],
  ["more than half, and back again", [...MOST(5), "+7:c/1"], undefined],
  ["a namespace", ["-5:a"], "1/12 from 5: a"],
  ["a namespace that was made since", ["+2:new", "-5:new", "+2:new/1", "-5:new/1"], undefined],
  ["a namespace whose deletion began before", ["-5:a@4.5"], "1/12 from 4.5: a"],
  ["a deletionTimestamp that is later is the end of a grace period", ["-5:a@5.5"], "1/12 from 5: a"],
  ["a deletionTimestamp that is none", ["-5:a@"], "1/12 from 5: a"],
  ["all objects of a namespace", A(5), "4/12 from 5: a"],
  ["all objects of a namespace, one of which came back", [...A(5), "+6:a/1"], undefined],
  ["the only object of a namespace", ["-5:c/1"], undefined],
  ["what was deleted long before is no part of it", ["-1:b/1", "~2:b/2", "-30:a"], "2/12 from 30: a"],
  ["what was deleted shortly before is", ["-1:b/1", "-9:b/2", "-15:a"], "3/12 from 1: a"],
  [
    "objects of a namespace, some long before the others",
    ["-1:a/1", "-30:a/2", "-30:a/3", "-31:a/4"],
    "4/12 from 30: a",
  ],
  ["two namespaces, hours apart: from the first on", ["-5:a", "-300:b"], "2/12 from 5: a b"],
  ["what was made since is no loss", ["+1:a/9", "-2:a/9", ...A(5).slice(1)], undefined],
  ["changed before it was deleted", ["~1:a", "-5:a"], "1/12 from 5: a"],
];

for (const [name, words, expected] of CASES) {
  test(`a loss: ${name}`, () => {
    const loss = findLoss(
      HELD,
      words.map((word) => record(word.replace(/@$/, ""))),
    );
    const text =
      loss &&
      `${loss.objects}/${loss.of} from ${(loss.began.getTime() - Date.parse(at("0"))) / 60_000}: ${loss.namespaces.join(" ")}`;
    assert.equal(text, expected);
  });
}
