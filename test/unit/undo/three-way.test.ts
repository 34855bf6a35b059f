import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { revert } from "../../../src/undo/three-way.ts";

const web = (image: string, more: object = {}) => ({ name: "web", image, ...more });

describe("fields that several have written since", () => {
  const base = { data: { password: "old", mode: "x" }, list: [web("web:1")] };
  const last = { data: { password: "rotated", mode: "y" }, list: [web("web:2")] };
  const ROWS: [contested: string[], value: unknown][] = [
    [[], base],
    [["data.password"], { ...base, data: { password: "rotated", mode: "x" } }],
    [["list[name=web].image"], { ...base, list: last.list }],
    [["data"], { ...base, data: last.data }],
    [["data.pass"], base],
  ];
  for (const [contested, value] of ROWS)
    it(`stay: ${contested.join(", ")}`, () => {
      const reverted = revert({ base, last, live: last }, contested);
      assert.deepEqual(reverted.value, value);
    });
});

describe("three states of an object", () => {
  const ROWS: [
    title: string,
    base: unknown,
    last: unknown,
    live: unknown,
    value: unknown,
    conflicts?: string[],
  ][] = [
    ["what was changed goes back", { a: 1, b: 1 }, { a: 2, b: 1 }, { a: 2, b: 1 }, { a: 1, b: 1 }],
    ["what others wrote elsewhere stays", { a: 1, b: 1 }, { a: 2, b: 1 }, { a: 2, b: 9 }, { a: 1, b: 9 }],
    ["what others wrote since is a conflict", { a: 1 }, { a: 2 }, { a: 3 }, { a: 3 }, ["a"]],
    [
      "a conflict of one field leaves the others to go back",
      { data: { password: "old", mode: "x" } },
      { data: { password: "wrong", mode: "y" } },
      { data: { password: "rotated", mode: "y" } },
      { data: { password: "rotated", mode: "x" } },
      ["data.password"],
    ],
    ["what went back already is no conflict", { a: 1 }, { a: 2 }, { a: 1 }, { a: 1 }],
    ["what was not changed stays, whatever it is", { a: 1 }, { a: 1 }, { a: 7 }, { a: 7 }],
    ["a field that was removed comes back", { a: 1, b: 1 }, { b: 1 }, { b: 1, c: 1 }, { a: 1, b: 1, c: 1 }],
    ["a field that was added goes", { b: 1 }, { a: 1, b: 1 }, { a: 1, b: 1, c: 1 }, { b: 1, c: 1 }],
    [
      "a field that was removed and that others made again is a conflict",
      { a: 1 },
      {},
      { a: 5 },
      { a: 5 },
      ["a"],
    ],
    [
      "a field that was changed and that others removed is a conflict",
      { a: 1 },
      { a: 2 },
      { b: 1 },
      { b: 1 },
      ["a"],
    ],
    [
      "a map that was added goes but for what others put into it",
      { s: 1 },
      { s: 1, m: { a: "1" } },
      { s: 1, m: { a: "1", b: "2" } },
      { s: 1, m: { b: "2" } },
    ],
    [
      "a map that was removed, and of which others made another, comes back beside it",
      { m: { a: "1" } },
      {},
      { m: { b: "2" } },
      { m: { b: "2", a: "1" } },
    ],
    ["a list without keys is one value", { l: [1, 2] }, { l: [1] }, { l: [1, 3] }, { l: [1, 3] }, ["l"]],
    [
      "a list without keys goes back as a whole",
      { l: [1, 2] },
      { l: [1] },
      { l: [1], b: 1 },
      { l: [1, 2], b: 1 },
    ],
    [
      "items of a list go back by their keys",
      { containers: [web("web:1")] },
      { containers: [web("web:2")] },
      { containers: [{ name: "side", image: "s:1" }, web("web:2", { tty: true })] },
      { containers: [{ name: "side", image: "s:1" }, web("web:1", { tty: true })] },
    ],
    [
      "an item that was removed comes back, and one that was added goes",
      { containers: [web("web:1"), { name: "side" }] },
      { containers: [web("web:1"), { name: "bad" }] },
      { containers: [web("web:9"), { name: "bad" }] },
      { containers: [web("web:9"), { name: "side" }] },
    ],
    [
      "the conflict of an item is named by its keys",
      { containers: [web("web:1")] },
      { containers: [web("web:2")] },
      { containers: [web("web:3")] },
      { containers: [web("web:3")] },
      ["containers[name=web].image"],
    ],
    ["values of other types are a conflict", { a: { b: 1 } }, { a: "x" }, { a: [1] }, { a: [1] }, ["a"]],
    [
      "a key that is no word of JavaScript",
      { ["__proto__"]: 1 },
      { ["__proto__"]: 2 },
      { ["__proto__"]: 2, b: 1 },
      { ["__proto__"]: 1, b: 1 },
    ],
  ];
  for (const [title, base, last, live, value, conflicts = []] of ROWS)
    it(title, () => {
      const before = JSON.stringify([base, last, live]);
      assert.deepEqual(revert({ base, last, live }), { value, conflicts });
      assert.equal(JSON.stringify([base, last, live]), before, "the states stay as they are");
    });
});
