import assert from "node:assert/strict";
import { test } from "node:test";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { untilAborted } from "../../../src/store/contract/content.ts";

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

test("What was passed on is not kept", { skip: "Deno" in globalThis && "Node's flag" }, async () => {
  setFlagsFromString("--expose-gc");
  const collectGarbage = runInNewContext("gc") as () => void;
  const chunks: WeakRef<Uint8Array>[] = [];
  const source = (async function* () {
    for (let count = 0; count < 20; count += 1) {
      const chunk = new Uint8Array(1_000);
      chunks.push(new WeakRef(chunk));
      yield chunk;
    }
  })();
  const content = untilAborted(source, new AbortController().signal);
  while (chunks.length < 20) await content.next();
  // What a WeakRef was asked for stays until the next turn.
  await new Promise((resolve) => setImmediate(resolve));
  collectGarbage();
  const kept = chunks.filter((chunk) => chunk.deref() !== undefined).length;
  // The last one may still be in somebody's hands.
  assert.ok(kept <= 1, `${kept} of 20 chunks are kept`);
  await content.return();
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
