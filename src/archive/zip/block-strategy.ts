import type { Buffer } from "node:buffer";
import { constants } from "node:zlib";

/**
 * The stretches of a block that are looked at: so many, of so many bytes each. Together they are as long as deflate's
 * window, so that whatever comes again and again at a distance within the window shows, in whatever phase.
 */
const STRETCHES = 16;
const STRETCH_BYTES = 2048;

/** The table of sequences has as many slots as places are looked at, 2 to this power. */
const TABLE_BITS = 15;

/** Sequences of four bytes, one after another, that must all have been seen: fewer are chance, and save nothing. */
const RUN = 3;

/** A block with less repetition than this grows by 2 % at most without LZ77. */
const LITTLE_REPETITION = 1 / 64;

/** A block below this size, in bytes, may repeat the block before more than itself. */
const MIN_BYTES = 16 * 1024;

/**
 * zlib's strategy for a block. LZ77 finds nothing in base64 of what is random or compressed, of which Secrets are made, and
 * takes most of the time looking for it: Huffman codes alone find that base64 has 64 characters.
 */
export function blockStrategy(block: Buffer): number {
  const isRandom = block.length >= MIN_BYTES && repetition(block) < LITTLE_REPETITION;
  return isRandom ? constants.Z_HUFFMAN_ONLY : constants.Z_DEFAULT_STRATEGY;
}

/** The share of a block, from 0 to 1, that was there before, as far as the stretches tell. */
function repetition(block: Buffer): number {
  const table = new Int32Array(1 << TABLE_BITS);
  const step = Math.max(STRETCH_BYTES, Math.floor((block.length - STRETCH_BYTES) / (STRETCHES - 1)));
  let places = 0;
  let repeated = 0;
  for (let start = 0; start < block.length; start += step) {
    const end = Math.min(block.length, start + STRETCH_BYTES);
    let sequence = 0;
    let run = 0;
    for (let at = start; at < end; at += 1) {
      sequence = (sequence >>> 8) | ((block[at] ?? 0) << 24);
      if (at < start + 3) continue;
      const slot = Math.imul(sequence, 0x9e37_79b1) >>> (32 - TABLE_BITS);
      run = table[slot] === sequence ? run + 1 : 0;
      table[slot] = sequence;
      places += 1;
      if (run >= RUN) repeated += 1;
    }
  }
  return repeated / places;
}
