import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { test } from "node:test";
import { PackedRecords } from "../../../src/archive/zip/packed-records.ts";

/** Records of different lengths; 1,000 of them are several blocks. */
function recordsOf(count: number): Buffer[] {
  return Array.from({ length: count }, (_, index) =>
    Buffer.from(`record ${index} `.repeat(1 + (index % 40))),
  );
}

function bytesOf(records: readonly Buffer[]): number {
  return records.reduce((sum, { length }) => sum + length, 0);
}

for (const count of [0, 1, 1_000]) {
  test(`${count} records are read in their order, and in any`, () => {
    const records = recordsOf(count);
    const packed = new PackedRecords(bytesOf(records));
    const numbers = records.map((record) => packed.add(record));
    let number = 0;
    for (const [index, record] of records.entries()) {
      assert.equal(number, numbers[index]);
      assert.deepEqual(packed.from(number).subarray(0, record.length), record);
      number = packed.after(number, record.length);
    }
    assert.equal(packed.from(number).length, 0);
    for (const [index, record] of [...records.entries()].reverse()) {
      assert.deepEqual(packed.from(numbers[index] ?? 0).subarray(0, record.length), record);
    }
  });
}

test("records that fill blocks to the last byte", () => {
  const records = Array.from({ length: 9 }, (_, index) => Buffer.alloc(8 * 1024, index));
  const packed = new PackedRecords(bytesOf(records));
  for (const [index, record] of records.entries()) assert.equal(packed.add(record), index * 8 * 1024);
  let number = 0;
  for (const record of records) {
    assert.deepEqual(packed.from(number).subarray(0, record.length), record);
    number = packed.after(number, record.length);
  }
});

test("records are added after others were read", () => {
  const records = recordsOf(500);
  const packed = new PackedRecords(bytesOf(records));
  const numbers: number[] = [];
  for (const record of records) {
    numbers.push(packed.add(record));
    assert.equal(packed.from(0).toString("latin1", 0, 9), "record 0 ");
  }
  for (const [index, record] of records.entries())
    assert.deepEqual(packed.from(numbers[index] ?? 0).subarray(0, record.length), record);
});
