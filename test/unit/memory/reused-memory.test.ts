import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { test } from "node:test";
import { ReusedMemory } from "../../../src/memory/reused-memory.ts";

const PIECE = 64;

test("a piece that is given back is taken again, and is empty for whoever still holds it", () => {
  const memory = new ReusedMemory(PIECE);
  const piece = memory.take(10);
  piece.fill(7);
  const part = piece.subarray(3, 5);
  memory.giveBack(piece);
  assert.equal(piece.length, 0);
  assert.equal(part.length, 0);
  const again = memory.take(PIECE);
  assert.equal(again.length, PIECE);
  // Its contents say that it is the same memory.
  assert.deepEqual([...again.subarray(3, 5)], [7, 7]);
});

test("a part of a piece gives all of it back", () => {
  const memory = new ReusedMemory(PIECE);
  const piece = memory.take(PIECE).fill(7);
  memory.giveBack(piece.subarray(2, 4));
  assert.equal(piece.length, 0);
  assert.deepEqual(memory.take(PIECE), Buffer.alloc(PIECE, 7));
});

test("pieces that are in use at once do not share memory", () => {
  const memory = new ReusedMemory(PIECE);
  memory.giveBack(memory.take(1));
  const pieces = [memory.take(1), memory.take(1)];
  for (const [index, piece] of pieces.entries()) piece.fill(index + 1);
  assert.deepEqual(
    pieces.map(([first]) => first),
    [1, 2],
  );
});

test("a larger piece is made where it is needed, and not kept", () => {
  const memory = new ReusedMemory(PIECE);
  const large = memory.take(PIECE + 1).fill(7);
  assert.equal(large.length, PIECE + 1);
  memory.giveBack(large);
  assert.equal(large.length, 0);
  assert.equal(memory.take(PIECE).length, PIECE);
});
