/**
 * `node bench/deflate.ts` says of contents as backups have them how small and how fast blocks become by LZ77 at level 2
 * alone, by Huffman codes alone, and by the strategy that the archive chooses: docs/decisions/deflate.md.
 */

import type { Buffer } from "node:buffer";
import process from "node:process";
import { constants, deflateRawSync } from "node:zlib";
import { blockStrategy } from "../src/archive/zip/block-strategy.ts";
import { CONTENTS, fileOf } from "./sample/contents.ts";

const MIB = 1024 * 1024;
const FILE_BYTES = 8 * MIB;
const BLOCK_BYTES = 256 * 1024;

const WAYS: Record<string, (block: Buffer) => number> = {
  "level 2": () => constants.Z_DEFAULT_STRATEGY,
  Huffman: () => constants.Z_HUFFMAN_ONLY,
  chosen: blockStrategy,
};

for (const content of Object.keys(CONTENTS) as (keyof typeof CONTENTS)[]) {
  const file = fileOf(content, FILE_BYTES);
  const results = Object.entries(WAYS).map(([way, choose]) => {
    const start = performance.now();
    let bytes = 0;
    for (let from = 0; from < file.length; from += BLOCK_BYTES) {
      const block = file.subarray(from, from + BLOCK_BYTES);
      bytes += deflateRawSync(block, { level: 2, strategy: choose(block) }).length;
    }
    const seconds = (performance.now() - start) / 1000;
    return `${way} ${((bytes / file.length) * 100).toFixed(1)} % at ${(FILE_BYTES / MIB / seconds).toFixed(0)} MiB/s`;
  });
  process.stdout.write(`${content}: ${results.join(", ")}\n`);
}
