import assert from "node:assert/strict";
import { it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { ALL_BEFORE, concurrently } from "../../../src/restore/concurrency/concurrently.ts";

async function* items(count: number, failAfter = Number.POSITIVE_INFINITY): AsyncGenerator<number> {
  for (let item = 0; item < count; item += 1) {
    if (item === failAfter) throw new Error("no further item");
    yield item;
  }
}

it("works on a bounded number of items at once, and on all of them", async () => {
  let running = 0;
  let most = 0;
  const done: number[] = [];
  await concurrently(items(20), { limit: 3 }, async (item) => {
    running += 1;
    most = Math.max(most, running);
    await sleep(1);
    running -= 1;
    done.push(item);
  });
  assert.equal(most, 3);
  assert.equal(done.length, 20);
});

it("has no more under way than the size allows, but for one that is larger by itself", async () => {
  let size = 0;
  const sizes: number[] = [];
  const work = async (item: number) => {
    size += item;
    sizes.push(size);
    await sleep(1);
    size -= item;
  };
  await concurrently(items(20), { limit: 8, size: 12 }, work, (item) => item);
  assert.equal(sizes.length, 20);
  assert.ok(
    sizes.some((each, item) => each > item && each > 10),
    "several small ones go together",
  );
  for (const [item, each] of sizes.entries()) assert.ok(each <= Math.max(12, item), `${each} with ${item}`);
});

it("waits for what is under way when an item fails, and when no further item comes", async () => {
  for (const failAfter of [2, 100]) {
    const ended: number[] = [];
    const run = concurrently(items(10, failAfter), { limit: 4 }, async (item) => {
      if (failAfter === 100 && item === 1) throw new Error("no further item");
      await sleep(20);
      ended.push(item);
    });
    await assert.rejects(run, /no further item/);
    const atTheEnd = [...ended];
    await sleep(50);
    assert.deepEqual(ended, atTheEnd, "nothing goes on after the end");
    assert.ok(ended.includes(0), "what was under way was waited for");
  }
});

it("begins nothing after the mark before all that came before it is done with", async () => {
  const ended: number[] = [];
  const marked = async function* () {
    yield* items(5);
    yield ALL_BEFORE;
    yield 5;
  };
  await concurrently(marked(), { limit: 4 }, async (item) => {
    if (item === 5) assert.equal(ended.length, 5);
    await sleep(5 - item);
    ended.push(item);
  });
  assert.equal(ended.at(-1), 5);
  assert.equal(ended.length, 6);
});
