import assert from "node:assert/strict";
import { test } from "node:test";
import { untilAborted } from "../../../src/store/content.ts";

async function collect(content: AsyncIterable<Uint8Array>): Promise<number[]> {
  const all: number[] = [];
  for await (const chunk of content) all.push(...chunk);
  return all;
}

test("Content is passed on to its end", async () => {
  const source = (async function* () {
    yield new Uint8Array([1, 2]);
    yield new Uint8Array([3]);
  })();
  assert.deepEqual(await collect(untilAborted(source, new AbortController().signal)), [1, 2, 3]);
});

test("A source that hangs does not hold up an abort, and is told to end", async () => {
  const controller = new AbortController();
  let told = false;
  const source: AsyncIterable<Uint8Array> = {
    [Symbol.asyncIterator]: () => ({
      next: () => new Promise(() => undefined),
      return: async () => {
        told = true;
        return { done: true, value: undefined };
      },
    }),
  };
  const reason = new Error("enough");
  setTimeout(() => controller.abort(reason), 10);
  await assert.rejects(collect(untilAborted(source, controller.signal)), (error) => error === reason);
  assert.equal(told, true);
});

test("A source's error passes, and nothing is left behind unhandled by a later abort", async () => {
  const controller = new AbortController();
  const failure = new Error("broken");
  const source = (async function* () {
    yield new Uint8Array([1]);
    throw failure;
  })();
  await assert.rejects(collect(untilAborted(source, controller.signal)), (error) => error === failure);
  controller.abort();
});
