import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { randomBytes } from "node:crypto";
import { describe, it } from "node:test";
import { ContentEnds } from "../../../src/backup/content-ends.ts";
import { allOf, inPieces, MemorySource } from "../../support/encryption/age-files.ts";

const NEVER = new AbortController().signal;

describe("the ends of a stream", () => {
  for (const size of [0, 1, 98_303, 98_304, 98_305, 400_000]) {
    for (const piece of [1000, 65_536, 300_000]) {
      it(`are those of the same bytes alone: ${size} in pieces of ${piece}`, async () => {
        const bytes = randomBytes(size);
        const ends = new ContentEnds();
        assert.deepEqual(await allOf(ends.of(inPieces(bytes, piece))), bytes);
        assert.ok(await ends.areOf(new MemorySource(bytes), NEVER));
        for (const at of [0, size - 1]) {
          if (size === 0) continue;
          const changed = Buffer.from(bytes);
          changed[at] = (bytes[at] ?? 0) ^ 1;
          assert.ok(!(await ends.areOf(new MemorySource(changed), NEVER)), `byte ${at}`);
        }
        if (size > 0) assert.ok(!(await ends.areOf(new MemorySource(bytes.subarray(0, -1)), NEVER)));
      });
    }
  }
});
