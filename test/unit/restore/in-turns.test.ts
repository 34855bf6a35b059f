import assert from "node:assert/strict";
import { it } from "node:test";
import { ALL_BEFORE } from "../../../src/restore/concurrency/concurrently.ts";
import { inTurns } from "../../../src/restore/concurrency/in-turns.ts";

async function read(sources: Record<string, number[]>): Promise<{ given: unknown[]; reads: string[] }> {
  const reads: string[] = [];
  const readOne = async function* (name: string) {
    reads.push(name);
    for (const turn of sources[name] ?? []) yield `${name}${turn}`;
  };
  const given: unknown[] = [];
  for await (const item of inTurns(Object.keys(sources), readOne, (item) => Number(item.at(-1))))
    given.push(item === ALL_BEFORE ? "-" : item);
  return { given, reads };
}

it("gives items by turns, and reads again only what has items of a later one", async () => {
  assert.deepEqual(await read({ a: [2, 0, 1, 2], b: [0], c: [1] }), {
    given: ["a0", "b0", "-", "a1", "c1", "-", "a2", "a2"],
    reads: ["a", "b", "c", "a", "c", "a"],
  });
});

it("reads once what has one turn only, and waits for nothing", async () => {
  assert.deepEqual(await read({ a: [0, 0], b: [0] }), { given: ["a0", "a0", "b0"], reads: ["a", "b"] });
  assert.deepEqual(await read({}), { given: [], reads: [] });
});
