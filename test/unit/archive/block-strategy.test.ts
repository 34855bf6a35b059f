/** Which blocks are coded without LZ77, and what that costs: docs/decisions/deflate.md. */

import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import process from "node:process";
import { buffer } from "node:stream/consumers";
import { test } from "node:test";
import { promisify } from "node:util";
import { constants, deflateRawSync, inflateRawSync } from "node:zlib";
import { type CONTENTS, fileOf } from "../../../bench/sample/contents.ts";
import { blockStrategy } from "../../../src/archive/zip/block-strategy.ts";
import { DeflatedBlocks } from "../../../src/archive/zip/deflated-blocks.ts";
import { ZipWriter } from "../../../src/archive/zip/zip-writer.ts";
import { kept } from "../../support/samples/kept-bytes.ts";
import { collect, NEVER, TIME } from "../../support/samples/sample-archive.ts";

const LEVEL = 2;
const BLOCK_BYTES = 256 * 1024;
const FILE_BYTES = 8 * BLOCK_BYTES;

const HUFFMAN = constants.Z_HUFFMAN_ONLY;
const LZ77 = constants.Z_DEFAULT_STRATEGY;

/** The strategy of all blocks, and by how much a file may be larger than at level 2. */
const ROWS: [content: keyof typeof CONTENTS, strategy: number, growth: number][] = [
  ["Helm releases", HUFFMAN, 0.02],
  ["Secrets of 30 KB of random bytes", HUFFMAN, 0.02],
  ["Secrets of 8 KB of random bytes", HUFFMAN, 0.035],
  ["Secrets of 2 KB of random bytes", LZ77, 0],
  ["Secrets of passwords", LZ77, 0],
  ["Secrets of certificates", LZ77, 0],
  ["Secrets of settings", LZ77, 0],
  ["ConfigMaps of settings", LZ77, 0],
  ["large ConfigMaps of settings", LZ77, 0],
  ["ConfigMaps of checksums", LZ77, 0],
  ["Deployments", LZ77, 0],
  ["Helm releases among Secrets of settings", LZ77, 0],
];

function blocksOf(file: Buffer): Buffer[] {
  return Array.from({ length: Math.ceil(file.length / BLOCK_BYTES) }, (_, index) =>
    file.subarray(index * BLOCK_BYTES, (index + 1) * BLOCK_BYTES),
  );
}

async function deflate(blocks: readonly Buffer[]): Promise<Buffer> {
  const deflated = new DeflatedBlocks(LEVEL);
  const all = buffer(deflated.output);
  for (const block of blocks) await deflated.write(kept(block));
  deflated.end();
  return await all;
}

for (const [content, strategy, growth] of ROWS) {
  test(`${content} become at most ${(growth * 100).toFixed(1)} % larger than at level 2`, async (t) => {
    const file = fileOf(content, FILE_BYTES);
    const blocks = blocksOf(file);
    assert.deepEqual([...new Set(blocks.map(blockStrategy))], [strategy]);
    const deflated = await deflate(blocks);
    assert.ok(inflateRawSync(deflated).equals(file));
    // One stream at level 2, in the same blocks.
    if ("deno" in process.versions) return;
    const before = deflateBlocks(blocks);
    t.diagnostic(`${content}: ${((deflated.length / before - 1) * 100).toFixed(2)} %`);
    // The end of the stream is two bytes.
    assert.ok(
      deflated.length <= before * (1 + growth) + 2,
      `${deflated.length} bytes, and ${before} at level 2`,
    );
  });
}

/** The size of blocks that are all compressed at level 2, each with the end of the block before as its dictionary. */
function deflateBlocks(blocks: readonly Buffer[]): number {
  let size = 0;
  for (const [index, block] of blocks.entries()) {
    const before = blocks[index - 1];
    size += deflateRawSync(block, {
      level: LEVEL,
      flush: constants.Z_SYNC_FLUSH,
      finishFlush: constants.Z_SYNC_FLUSH,
      chunkSize: block.length,
      ...(before === undefined ? {} : { dictionary: before.subarray(-32 * 1024) }),
    }).length;
  }
  return size;
}

test("a block that repeats itself at any distance within deflate's window is coded with LZ77", () => {
  const noise = fileOf("Secrets of 30 KB of random bytes", 40_000).toString();
  for (let distance = 1_000; distance <= 31_000; distance += 1_000) {
    const block = Buffer.from(
      noise
        .slice(0, distance)
        .repeat(300_000 / distance + 1)
        .slice(0, BLOCK_BYTES),
    );
    assert.equal(blockStrategy(block), LZ77, `${distance} bytes`);
  }
});

test("a short block is coded with LZ77: what it repeats is in the block before", () => {
  assert.equal(blockStrategy(fileOf("Secrets of 30 KB of random bytes", 16_000)), LZ77);
  assert.equal(blockStrategy(Buffer.alloc(0)), LZ77);
});

test("unzip reads a file whose blocks have both strategies in turn", async (t) => {
  const [helm, settings] = [fileOf("Helm releases", 1e6), fileOf("Secrets of settings", 1e6)];
  const blocks = blocksOf(helm).flatMap((block, index) => [block, blocksOf(settings)[index] ?? block]);
  assert.equal(new Set(blocks.map(blockStrategy)).size, 2);
  const zip = new ZipWriter({ time: TIME });
  const bytes = collect(zip.bytes);
  await zip.startEntry("mixed", NEVER);
  for (const block of blocks) await zip.write(kept(block), NEVER);
  await zip.end(NEVER);
  const folder = await mkdtemp(path.join(tmpdir(), "kube-backup-mixed-"));
  t.after(() => rm(folder, { recursive: true }));
  const file = path.join(folder, "mixed.zip");
  await writeFile(file, await bytes);
  try {
    const options = { encoding: "buffer", maxBuffer: 1e8 } as const;
    const { stdout } = await promisify(execFile)("unzip", ["-p", file, "mixed"], options);
    assert.ok(stdout.equals(Buffer.concat(blocks)));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    t.skip("there is no unzip");
  }
});
