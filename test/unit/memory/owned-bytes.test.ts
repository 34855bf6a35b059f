import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { test } from "node:test";
import { OwnedBytes } from "../../../src/memory/owned-bytes.ts";

const GONE = /have been freed, or have another owner/;

function owned(text: string): OwnedBytes {
  const bytes = Buffer.allocUnsafeSlow(text.length);
  bytes.write(text);
  return new OwnedBytes(bytes);
}

test("bytes that are disposed of are freed, and refused to their owner", () => {
  const owner = owned("abc");
  const { bytes } = owner;
  const view = bytes.subarray(1);
  owner[Symbol.dispose]();
  assert.deepEqual([bytes.length, view.length], [0, 0]);
  assert.throws(() => owner.bytes, GONE);
  assert.throws(() => owner.move(), GONE);
});

test("using disposes at the end of the block, also where the block throws", () => {
  let bytes: Buffer = Buffer.alloc(0);
  assert.throws(() => {
    using owner = owned("abc");
    bytes = owner.bytes;
    throw new Error("halfway");
  }, /halfway/);
  assert.equal(bytes.length, 0);
});

test("disposing twice frees once", () => {
  let freed = 0;
  const owner = new OwnedBytes(Buffer.alloc(1), () => {
    freed += 1;
  });
  owner[Symbol.dispose]();
  owner[Symbol.dispose]();
  assert.equal(freed, 1);
});

test("moved bytes are the new owner's alone", () => {
  const owner = owned("abc");
  const next = owner.move(2);
  assert.throws(() => owner.bytes, GONE);
  owner[Symbol.dispose]();
  assert.equal(next.bytes.toString(), "ab");
  next[Symbol.dispose]();
  assert.throws(() => next.bytes, GONE);
});
