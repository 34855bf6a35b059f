/** Whatever happens to an archive's bytes is noticed: docs/archive-format.md, "Checking". */

import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { test } from "node:test";
import { inflateRawSync } from "node:zlib";
import fc from "fast-check";
import yauzl from "yauzl";
import { DamagedArchiveError } from "../../../src/archive/format/damaged-archive-error.ts";
import { openArchive } from "../../../src/archive/reader.ts";
import { verifyArchive } from "../../../src/archive/verify.ts";
import {
  memorySource,
  NEVER,
  readContents,
  sampleObject,
  sampleObjects,
  WIDGETS,
  writeSample,
} from "../../support/samples/sample-archive.ts";

const LOCAL_HEADER = Buffer.from("PK\x03\x04");
const CENTRAL_HEADER = Buffer.from("PK\x01\x02");

const { bytes: whole } = await writeSample([
  ...sampleObjects().slice(2, 4),
  { ...sampleObject(WIDGETS, "shop", "w"), status: { value: { phase: "Ready" }, managers: undefined } },
]);
const original = await read(whole);

/** Where the packed data of the files lie. */
const packed: { start: number; end: number }[] = [];
const zip = await yauzl.fromBufferPromise(whole, {});
for await (const entry of zip.eachEntry()) {
  const { fileDataStart } = await zip.readLocalFileHeaderPromise(entry, { minimal: true });
  packed.push({ start: fileDataStart, end: fileDataStart + entry.compressedSize });
}

/** All that a reader gets of an archive, every byte of which it checks. */
async function read(bytes: Buffer): Promise<unknown> {
  const archive = await openArchive(memorySource(bytes), NEVER);
  await verifyArchive(archive, NEVER);
  return { manifest: archive.manifest, contents: await readContents(archive) };
}

/** Whether an archive is refused as damaged. One that is not must be read as it was, and nothing else may happen. */
async function isRefused(bytes: Buffer, what: string): Promise<boolean> {
  let contents: unknown;
  try {
    contents = await read(bytes);
  } catch (error) {
    assert.ok(error instanceof DamagedArchiveError, `${what}: ${error}`);
    return true;
  }
  assert.deepEqual(contents, original, what);
  return false;
}

function changed(index: number, mask: number): Buffer {
  const bytes = Buffer.from(whole);
  bytes[index] = (bytes[index] ?? 0) ^ mask;
  return bytes;
}

/**
 * Whether a change within packed data means nothing: they unpack to the same, to their last byte. The
 * deflate format has several ways to say the same, and ignores the bits after its end in the last byte
 * (RFC 1951, 3.2.3 and 3.2.4), so every program makes the same of these data.
 */
function meansNothing(bytes: Buffer, index: number): boolean {
  const place = packed.find(({ start, end }) => start <= index && index < end);
  if (place === undefined) return false;
  const inflate = (from: Buffer) =>
    inflateRawSync(from.subarray(place.start, place.end), { info: true }) as unknown as {
      buffer: Buffer;
      engine: { bytesWritten: number };
    };
  const { buffer, engine } = inflate(bytes);
  return engine.bytesWritten === place.end - place.start && buffer.equals(inflate(whole).buffer);
}

/** The bits that are changed: under Deno, which runs the same source in several times the time, one of each byte in turn. */
function* bits(): Generator<[index: number, mask: number]> {
  for (let index = 0; index < whole.length; index += 1) {
    if ("Deno" in globalThis) yield [index, 1 << (index % 8)];
    else for (let mask = 1; mask < 256; mask *= 2) yield [index, mask];
  }
}

test("every bit that is changed is noticed, but for bits of packed data that mean nothing", async () => {
  let meaningless = 0;
  let all = 0;
  for (const [index, mask] of bits()) {
    all += 1;
    const bytes = changed(index, mask);
    if (await isRefused(bytes, `bit ${mask} of byte ${index}`)) continue;
    assert.ok(meansNothing(bytes, index), `bit ${mask} of byte ${index} is not noticed`);
    meaningless += 1;
  }
  assert.ok(meaningless < all * 0.005, `${meaningless} of ${all} bits`);
});

test("every byte that is inverted is noticed", async () => {
  for (let index = 0; index < whole.length; index += 1) {
    assert.ok(await isRefused(changed(index, 0xff), `byte ${index}`), `byte ${index} is not noticed`);
  }
});

test("any other time and date in any header is noticed", async () => {
  const places = [];
  for (const [signature, offset] of [
    [LOCAL_HEADER, 10],
    [CENTRAL_HEADER, 12],
  ] as const) {
    for (let at = whole.indexOf(signature); at !== -1; at = whole.indexOf(signature, at + 1)) {
      places.push(at + offset);
    }
  }
  assert.equal(places.length, 2 * packed.length);
  const value = fc.oneof(fc.nat(0xffff_ffff), fc.constantFrom(0, 0xffff_ffff));
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...places), value, async (place, date) => {
      fc.pre(whole.readUInt32LE(place) !== date);
      const bytes = Buffer.from(whole);
      bytes.writeUInt32LE(date, place);
      assert.ok(await isRefused(bytes, `date ${date} at ${place}`));
    }),
    { numRuns: 500 },
  );
});

test("any stretch that is overwritten, cut out, doubled or put in is noticed", async () => {
  const place = fc.nat(whole.length - 1);
  const stretch = fc.uint8Array({ minLength: 1, maxLength: 100 });
  const edit = fc.record({ kind: fc.constantFrom("write", "cut", "double", "put"), place, stretch });
  await fc.assert(
    fc.asyncProperty(edit, async ({ kind, place, stretch }) => {
      const next = place + (kind === "put" ? 0 : stretch.length);
      const middle =
        { write: stretch, cut: [], double: whole.subarray(place, next), put: stretch }[kind] ?? [];
      const rest = whole.subarray(kind === "double" ? place : next);
      const bytes = Buffer.concat([whole.subarray(0, place), Uint8Array.from(middle), rest]);
      fc.pre(!bytes.equals(whole));
      const refused = await isRefused(bytes, `${kind} at ${place}`);
      // Only what lies within packed data and keeps their length can mean nothing.
      assert.ok(refused || (bytes.length === whole.length && meansNothing(bytes, place)));
    }),
    { numRuns: 2000 },
  );
});

test("an archive cut off at any length is refused", async () => {
  for (let length = 0; length < whole.length; length += 1) {
    assert.ok(await isRefused(whole.subarray(0, length), `${length} bytes`), `${length} bytes`);
  }
});

test("an archive with something before or after it is refused", async () => {
  for (const more of ["\0", "x", "PK", "PK\x05\x06".padEnd(22, "\0"), "x".repeat(70_000)]) {
    assert.ok(await isRefused(Buffer.concat([whole, Buffer.from(more)]), "after"));
    assert.ok(await isRefused(Buffer.concat([Buffer.from(more), whole]), "before"));
  }
  assert.ok(await isRefused(Buffer.concat([whole, whole]), "twice"));
});
