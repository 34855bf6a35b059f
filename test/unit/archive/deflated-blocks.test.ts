import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { createHash, randomBytes } from "node:crypto";
import process from "node:process";
import { buffer } from "node:stream/consumers";
import { test } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import { deflateRawSync, inflateRawSync } from "node:zlib";
import { DeflatedBlocks } from "../../../src/archive/zip/deflated-blocks.ts";
import { kept } from "../../support/samples/kept-bytes.ts";

const LEVEL = 2;

/** Text that repeats itself within deflate's window, and no sooner. */
const text = (length: number) => {
  const lines = Array.from({ length: 300 }, (_, line) =>
    createHash("sha256").update(`${line}`).digest("hex"),
  );
  return Buffer.from(
    lines
      .join("\n")
      .repeat(Math.ceil(length / 19_000))
      .slice(0, length),
  );
};

async function deflate(blocks: readonly Buffer[]): Promise<Buffer> {
  const deflated = new DeflatedBlocks(LEVEL);
  const all = buffer(deflated.output);
  for (const block of blocks) await deflated.write(kept(block));
  deflated.end();
  return await all;
}

for (const sizes of [[], [1], [40_000, 1, 2, 40_000], [300_000, 300_000, 300_000, 300_000, 300_000, 7]]) {
  test(`blocks of [${sizes}] bytes come back in their order`, async () => {
    const blocks = sizes.map((size) => text(size));
    assert.deepEqual(inflateRawSync(await deflate(blocks)), Buffer.concat(blocks));
  });
}

// Deno passes over a dictionary for raw deflate: what it writes is as right, and larger.
const skip = "deno" in process.versions ? "Deno compresses each block by itself" : false;

test("a block is compressed with the one before in mind, a short one with those before that", {
  skip,
}, async () => {
  const whole = text(120_000);
  const blocks = Array.from({ length: 12 }, (_, index) =>
    whole.subarray(index * 10_000, (index + 1) * 10_000),
  );
  const alone = deflateRawSync(whole, { level: LEVEL }).length;
  const length = (await deflate(blocks)).length;
  assert.ok(length < alone * 1.1, `${length} bytes where one stream takes ${alone}`);
});

test("writing waits for the reader", async () => {
  const deflated = new DeflatedBlocks(LEVEL);
  let written = 0;
  const writing = (async () => {
    for (; written < 50; written += 1) await deflated.write(kept(randomBytes(200_000)));
    deflated.end();
  })();
  for (let before = -1; before !== written; ) {
    before = written;
    for (let turns = 0; turns < 200; turns += 1) await turn();
  }
  assert.ok(written < 10, `${written} blocks were taken though nobody reads`);
  assert.equal(inflateRawSync(await buffer(deflated.output)).length, 50 * 200_000);
  await writing;
});

test("where the output is destroyed, writing fails rather than waits for ever", async () => {
  const deflated = new DeflatedBlocks(LEVEL);
  deflated.output.on("error", () => {});
  await deflated.write(kept(text(10)));
  deflated.output.destroy(new Error("nobody reads"));
  await assert.rejects(async () => {
    for (let block = 0; block < 20; block += 1) await deflated.write(kept(text(10)));
  }, /nobody reads/);
});
