import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { test } from "node:test";
import { MemoryPool } from "../../../src/memory/memory-pool.ts";

const PIECE = 64;

test("a piece that is disposed of is taken again, and is empty for whoever still holds it", () => {
  const pool = new MemoryPool(PIECE);
  const piece = pool.take(10);
  const { bytes } = piece;
  bytes.fill(7);
  const part = bytes.subarray(3, 5);
  piece[Symbol.dispose]();
  assert.equal(bytes.length, 0);
  assert.equal(part.length, 0);
  const again = pool.take(PIECE).bytes;
  assert.equal(again.length, PIECE);
  // Its contents say that it is the same memory.
  assert.deepEqual([...again.subarray(3, 5)], [7, 7]);
});

test("a part of a piece gives all of it back", () => {
  const pool = new MemoryPool(PIECE);
  const piece = pool.take(PIECE);
  const { bytes } = piece;
  bytes.fill(7);
  piece.move(4)[Symbol.dispose]();
  assert.equal(bytes.length, 0);
  assert.deepEqual(pool.take(PIECE).bytes, Buffer.alloc(PIECE, 7));
});

test("pieces that are in use at once do not share memory", () => {
  const pool = new MemoryPool(PIECE);
  pool.take(1)[Symbol.dispose]();
  const pieces = [pool.take(1).bytes, pool.take(1).bytes];
  for (const [index, piece] of pieces.entries()) piece.fill(index + 1);
  assert.deepEqual(
    pieces.map(([first]) => first),
    [1, 2],
  );
});

test("a piece that is disposed of twice is in the pool once", () => {
  const pool = new MemoryPool(PIECE);
  const piece = pool.take(1);
  piece[Symbol.dispose]();
  piece[Symbol.dispose]();
  const pieces = [pool.take(1).bytes, pool.take(1).bytes];
  pieces[0]?.fill(1);
  pieces[1]?.fill(2);
  assert.equal(pieces[0]?.[0], 1);
});

test("a larger piece is made where it is needed, and not kept", () => {
  const pool = new MemoryPool(PIECE);
  const large = pool.take(PIECE + 1);
  const { bytes } = large;
  assert.equal(bytes.length, PIECE + 1);
  large[Symbol.dispose]();
  assert.equal(bytes.length, 0);
  assert.equal(pool.take(PIECE).bytes.length, PIECE);
});
