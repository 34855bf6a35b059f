import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import process from "node:process";
import { test } from "node:test";
import JSZip from "jszip";
import yauzl from "yauzl";
import { ZipWriter } from "../../../src/archive/zip/zip-writer.ts";
import { OperatorError } from "../../../src/errors.ts";
import { kept } from "../../support/samples/kept-bytes.ts";
import { collect, NEVER, TIME } from "../../support/samples/sample-archive.ts";

/** Bytes that do not compress. */
function noise(length: number): Buffer {
  const bytes = Buffer.alloc(length);
  let state = 1;
  for (let index = 0; index < length; index += 1) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    bytes[index] = state >>> 16;
  }
  return bytes;
}

async function writeEntries(entries: readonly [string, Buffer][]): Promise<Buffer> {
  const zip = new ZipWriter({ time: TIME });
  const bytes = collect(zip.bytes);
  for (const [path, content] of entries) {
    await zip.startEntry(path, NEVER);
    await zip.write(kept(content), NEVER);
  }
  await zip.end(NEVER);
  return bytes;
}

test("entries that are begun after the zip has started to flow are in it", async () => {
  const zip = new ZipWriter({ time: TIME });
  const reader = zip.bytes[Symbol.asyncIterator]();
  const chunks: Uint8Array[] = [];
  await zip.startEntry("first", NEVER);
  await zip.write(kept(noise(200_000)), NEVER);
  // Part of the first entry has left before the second is known.
  chunks.push((await reader.next()).value);
  const rest = (async () => {
    for (let next = await reader.next(); next.done !== true; next = await reader.next())
      chunks.push(next.value);
  })();
  await zip.startEntry("second", NEVER);
  await zip.write(kept(Buffer.from("2")), NEVER);
  await zip.end(NEVER);
  await rest;
  const read = await JSZip.loadAsync(Buffer.concat(chunks), { checkCRC32: true });
  assert.deepEqual(Object.keys(read.files), ["first", "second"]);
  assert.deepEqual(await read.file("first")?.async("nodebuffer"), noise(200_000));
  assert.equal(await read.file("second")?.async("string"), "2");
});

test("two other readers find every entry's bytes, sizes, checksum, date and mode", async () => {
  const entries: [string, Buffer][] = [
    ["empty", Buffer.alloc(0)],
    ["folder/text", Buffer.from("text\n".repeat(50_000))],
    ["noise", noise(3_000_000)],
    ...Array.from({ length: 40 }, (_, index): [string, Buffer] => [
      `small/${index}`,
      Buffer.from(`${index}`),
    ]),
  ];
  const bytes = await writeEntries(entries);

  const read = await JSZip.loadAsync(bytes, { checkCRC32: true });
  const zip = await yauzl.fromBufferPromise(bytes);
  const found: [string, Buffer][] = [];
  for await (const entry of zip.eachEntry()) {
    found.push([entry.fileName, await collect(await zip.openReadStreamPromise(entry))]);
    assert.equal(entry.getLastModDate({ timezone: "UTC" }).getTime(), TIME.getTime());
    assert.equal(entry.externalFileAttributes >>> 16, 0o100600);
    assert.equal(entry.compressionMethod, 8);
    assert.deepEqual(await read.file(entry.fileName)?.async("nodebuffer"), found.at(-1)?.[1]);
  }
  assert.deepEqual(found, entries);
});

test("the same contents give the same bytes in every time zone", async () => {
  const entries: [string, Buffer][] = [
    ["a", Buffer.from("a".repeat(300_000))],
    ["b", noise(100_000)],
  ];
  const zone = process.env["TZ"];
  try {
    process.env["TZ"] = "UTC";
    const here = await writeEntries(entries);
    process.env["TZ"] = "Pacific/Auckland";
    assert.notEqual(TIME.getHours(), TIME.getUTCHours());
    assert.deepEqual(await writeEntries(entries), here);
  } finally {
    if (zone === undefined) delete process.env["TZ"];
    else process.env["TZ"] = zone;
  }
});

test("writing waits for the reader, and goes on when it reads", async () => {
  const zip = new ZipWriter({ time: TIME });
  await zip.startEntry("noise", NEVER);
  const chunk = noise(64 * 1024);
  let written = 0;
  let reading = false;
  const writing = (async () => {
    for (; written < 200; written += 1) await zip.write(kept(chunk), NEVER);
    await zip.end(NEVER);
  })();
  await settled(() => written);
  assert.ok(written < 20, `${written} chunks were taken though nobody reads`);
  reading = true;
  const bytes = await collect(zip.bytes);
  await writing;
  assert.ok(reading && bytes.length > 200 * chunk.length);
});

test("entries wait for the reader too, however small they are", async () => {
  const zip = new ZipWriter({ time: TIME });
  let begun = 0;
  const writing = (async () => {
    for (; begun < 3000; begun += 1) {
      await zip.startEntry(`entry-${begun}`, NEVER);
      await zip.write(kept(noise(100)), NEVER);
    }
    await zip.end(NEVER);
  })();
  await settled(() => begun);
  assert.ok(begun < 1000, `${begun} entries were taken though nobody reads`);
  const read = await JSZip.loadAsync(await collect(zip.bytes), { checkCRC32: true });
  await writing;
  assert.equal(Object.keys(read.files).length, 3000);
});

test("after an abort the bytes end with its error, and so does all that waits", async () => {
  const zip = new ZipWriter({ time: TIME });
  await zip.startEntry("noise", NEVER);
  const reason = new Error("the cluster is away");
  const writing = (async () => {
    for (;;) await zip.write(kept(noise(64 * 1024)), NEVER);
  })();
  setTimeout(() => zip.abort(reason), 50);
  await assert.rejects(writing, reason);
  await assert.rejects(collect(zip.bytes), reason);
  await assert.rejects(zip.write(kept(noise(1)), NEVER), reason);
  await assert.rejects(zip.startEntry("next", NEVER), reason);
  await assert.rejects(zip.end(NEVER), reason);
});

test("an aborted signal ends a waiting write, and the bytes with it", async () => {
  const controller = new AbortController();
  const zip = new ZipWriter({ time: TIME });
  await zip.startEntry("noise", controller.signal);
  const writing = (async () => {
    for (;;) await zip.write(kept(noise(64 * 1024)), controller.signal);
  })();
  const reason = new Error("interrupted");
  setTimeout(() => controller.abort(reason), 50);
  await assert.rejects(writing, reason);
  await assert.rejects(collect(zip.bytes), reason);
});

test("an aborted signal ends a waiting end", async () => {
  const controller = new AbortController();
  const zip = new ZipWriter({ time: TIME });
  await zip.startEntry("noise", NEVER);
  await zip.write(kept(noise(200_000)), NEVER);
  const ending = zip.end(controller.signal);
  const reason = new Error("interrupted");
  setTimeout(() => controller.abort(reason), 50);
  await assert.rejects(ending, reason);
});

test("a reader that leaves makes writing fail rather than wait for ever", async () => {
  const zip = new ZipWriter({ time: TIME });
  await zip.startEntry("noise", NEVER);
  const writing = (async () => {
    for (;;) await zip.write(kept(noise(64 * 1024)), NEVER);
  })();
  const leaving = (async () => {
    for await (const _ of zip.bytes) return;
  })();
  await assert.rejects(writing, { message: "The archive was not read to its end" });
  await leaving;
});

test("an abort after the end changes nothing", async () => {
  const zip = new ZipWriter({ time: TIME });
  const bytes = collect(zip.bytes);
  await zip.startEntry("a", NEVER);
  await zip.end(NEVER);
  zip.abort(new Error("too late"));
  assert.deepEqual(Object.keys((await JSZip.loadAsync(await bytes)).files), ["a"]);
});

for (const bound of [{ maxEntries: 2 }, { maxDirectoryBytes: 2 * 59 }]) {
  test(`more than a reader takes is refused, and the bytes do not end well: ${JSON.stringify(bound)}`, async () => {
    const zip = new ZipWriter({ time: TIME, ...bound });
    const bytes = assert.rejects(collect(zip.bytes), OperatorError);
    await zip.startEntry("a", NEVER);
    await zip.startEntry("b", NEVER);
    await assert.rejects(
      zip.startEntry("c", NEVER),
      /^OperatorError: Cannot write the archive: it would hold more than \d+ files, or so many with longer names/,
    );
    await bytes;
  });
}

test("small entries have their sizes in the local header, others in a descriptor", async () => {
  const bytes = await writeEntries([
    ["small", noise(1000)],
    ["large", noise(100_000)],
  ]);
  const zip = await yauzl.fromBufferPromise(bytes);
  for await (const entry of zip.eachEntry()) {
    const { crc32, compressedSize, uncompressedSize } = await zip.readLocalFileHeaderPromise(entry);
    const sums = [entry.crc32, entry.compressedSize, entry.uncompressedSize];
    const isSmall = entry.fileName === "small";
    assert.deepEqual([crc32, compressedSize, uncompressedSize], isSmall ? sums : [0, 0, 0]);
    assert.equal(entry.generalPurposeBitFlag, isSmall ? 0 : 8);
  }
});

/** Waits until a count has stood still for a while. */
async function settled(count: () => number): Promise<void> {
  for (let last = -1; last !== count(); ) {
    last = count();
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
