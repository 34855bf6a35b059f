/** Where a zip goes over to ZIP64, and where it does not: docs/archive-format.md, "The zip". */

import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { execFile } from "node:child_process";
import { createWriteStream } from "node:fs";
import { mkdtemp, open, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { pipeline } from "node:stream/promises";
import { type TestContext, test } from "node:test";
import { promisify } from "node:util";
import { BlockCache } from "../../../src/archive/zip/block-cache.ts";
import { type DirectoryPlace, endRecords, readEndRecords } from "../../../src/archive/zip/end-records.ts";
import { entryFields } from "../../../src/archive/zip/entry-fields.ts";
import { readRecord } from "../../../src/archive/zip/read-record.ts";
import { ZipReader } from "../../../src/archive/zip/zip-reader.ts";
import { type CentralEntry, centralRecord } from "../../../src/archive/zip/zip-records.ts";
import { ZipWriter } from "../../../src/archive/zip/zip-writer.ts";
import type { RandomAccess } from "../../../src/store/contract/store.ts";
import { kept } from "../../support/samples/kept-bytes.ts";
import { collect, NEVER, TIME } from "../../support/samples/sample-archive.ts";

const run = promisify(execFile);

const FOUR_GIB = 0x1_0000_0000;

const ENDS: [string, DirectoryPlace, zip64: boolean][] = [
  ["no entries", { entries: 0, start: 0, bytes: 0 }, false],
  ["65,534 entries", { entries: 65_534, start: 9, bytes: 9 }, false],
  ["65,535 entries", { entries: 65_535, start: 9, bytes: 9 }, true],
  ["65,536 entries", { entries: 65_536, start: 9, bytes: 9 }, true],
  ["a directory at the last offset", { entries: 1, start: 0xffff_fffe, bytes: 9 }, false],
  ["a directory at the offset that means ZIP64", { entries: 1, start: 0xffff_ffff, bytes: 9 }, true],
  ["a directory at 4 GiB", { entries: 1, start: FOUR_GIB, bytes: 9 }, true],
  ["a directory of the last size", { entries: 1, start: 9, bytes: 0xffff_fffe }, false],
  ["a directory of the size that means ZIP64", { entries: 1, start: 9, bytes: 0xffff_ffff }, true],
];

for (const [name, place, zip64] of ENDS) {
  test(`the end of a zip with ${name} is ${zip64 ? "ZIP64" : "plain"}, and read`, () => {
    const records = endRecords(place);
    const size = place.start + place.bytes + records.length;
    assert.equal(records.length, zip64 ? 98 : 22);
    assert.deepEqual(readEndRecords(records, size), place);
    assert.throws(() => readEndRecords(records, size + 1));
    for (let index = 0; index < records.length; index += 1) {
      const changed = Buffer.from(records);
      changed[index] = (changed[index] ?? 0) ^ 1;
      assert.throws(() => readEndRecords(changed, size), `byte ${index}`);
    }
  });
}

test("an end record that means ZIP64 without need is refused", () => {
  const place = { entries: 65_535, start: 9, bytes: 9 };
  for (const [offset, bytes] of [
    [12, 4],
    [16, 4],
  ] as const) {
    const records = endRecords(place);
    records.fill(0xff, records.length - 22 + offset, records.length - 22 + offset + bytes);
    assert.throws(() => readEndRecords(records, 18 + records.length));
  }
  // All of it in ZIP64 records, though it would fit without.
  const few = endRecords(place);
  few.writeBigUInt64LE(1n, 24);
  few.writeBigUInt64LE(1n, 32);
  assert.throws(() => readEndRecords(few, 18 + few.length));
});

function entryAt(offset: number): CentralEntry {
  const sums = { flags: 0, crc32: 0xffff_ffff, compressedSize: 1, uncompressedSize: 0xffff_fffe };
  return { ...entryFields({ path: "a", time: TIME, offset }), ...sums };
}

for (const offset of [0, 0xffff_fffe, 0xffff_ffff, FOUR_GIB, 2 ** 50]) {
  test(`the record of an entry at ${offset} is read, and has a ZIP64 field only if it must`, () => {
    const record = centralRecord(entryAt(offset));
    assert.equal(record.length, 47 + (offset < 0xffff_ffff ? 0 : 12));
    assert.equal(record.readUInt16LE(6), offset < 0xffff_ffff ? 20 : 45);
    assert.deepEqual(readRecord(record), { entry: entryAt(offset), commentBytes: 0, disk: 0 });
  });
}

test("a record that has a ZIP64 field without need, or lacks one, is refused", () => {
  const needed = centralRecord(entryAt(FOUR_GIB));
  const changes: ((record: Buffer) => void)[] = [
    // The offset in the record itself.
    (record) => record.writeUInt32LE(0, 42),
    // An offset that fits into the record.
    (record) => record.writeBigUInt64LE(0xffff_fffen, 51),
    // A field of another kind in place of that of ZIP64.
    (record) => record.writeUInt16LE(0xcafe, 47),
    // Sizes that mean ZIP64.
    (record) => record.writeUInt32LE(0xffff_ffff, 20),
    (record) => record.writeUInt32LE(0xffff_ffff, 24),
  ];
  for (const change of changes) {
    const record = Buffer.from(needed);
    change(record);
    assert.throws(() => readRecord(record));
  }
  const twice = Buffer.concat([needed, needed.subarray(47)]);
  twice.writeUInt16LE(24, 30);
  assert.throws(() => readRecord(twice));
});

for (const count of [65_534, 65_535, 65_536]) {
  test(`a zip of ${count} entries is read by this program and by others`, async (t) => {
    const file = await temporaryFile(t);
    const zip = new ZipWriter({ time: TIME });
    const writing = pipeline(zip.bytes, createWriteStream(file));
    for (let index = 0; index < count; index += 1) {
      await zip.startEntry(`f/${index}`, NEVER);
      if (index === count - 1) await zip.write(kept(Buffer.from("last")), NEVER);
    }
    await zip.end(NEVER);
    await writing;
    const last = `f/${count - 1}`;
    const reader = await openZip(t, file);
    assert.equal(reader.fileCount, count);
    await reader.checkDirectory(NEVER);
    for (const entry of ["f/0", last]) await reader.checkRecords(entry);
    assert.equal(String(await collect(reader.content(last, NEVER))), "last");
    await readByOthers(t, { file, count, entry: last, text: "last" });
  });
}

for (const offset of [0xffff_fffe - 100, 0xffff_fffe, 0xffff_ffff, FOUR_GIB]) {
  test(`entries at ${offset} and after it are read by this program and by others`, async (t) => {
    const file = await temporaryFile(t);
    // Before the entries is a hole, as before those of an archive that extracts itself.
    const zip = new ZipWriter({ time: TIME, startsAt: offset });
    const stream = createWriteStream(file, { flags: "wx", start: offset });
    const writing = pipeline(zip.bytes, stream);
    for (const [entry, content] of [
      ["a", Buffer.from("first")],
      ["b", Buffer.from("second ".repeat(10_000))],
      ["c", Buffer.from("third")],
    ] as const) {
      await zip.startEntry(entry, NEVER);
      await zip.write(kept(content), NEVER);
    }
    await zip.end(NEVER);
    await writing;
    const reader = await openZip(t, file);
    for (const entry of ["a", "b", "c"]) await reader.checkRecords(entry);
    assert.equal(String(await collect(reader.content("c", NEVER))), "third");
    await assert.rejects(reader.checkDirectory(NEVER), /something lies before the first entry/);
    await readByOthers(t, { file, count: 3, entry: "c", text: "third" });
  });
}

async function temporaryFile(t: TestContext): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), "kube-backup-zip64-"));
  t.after(() => rm(folder, { recursive: true }));
  return path.join(folder, "sample.zip");
}

async function openZip(t: TestContext, file: string): Promise<ZipReader> {
  const handle = await open(file);
  t.after(() => handle.close());
  const { size } = await handle.stat();
  const source: RandomAccess = {
    name: file,
    size,
    async read(start, end) {
      return (await handle.read(Buffer.alloc(end - start), 0, end - start, start)).buffer;
    },
    async close() {},
  };
  return ZipReader.open(new BlockCache(source, NEVER), size);
}

interface Expected {
  file: string;
  count: number;
  entry: string;
  text: string;
}

/** Has those of other programs read a zip that are there: unzip, Python and Go. */
async function readByOthers(t: TestContext, { file, count, entry, text }: Expected): Promise<void> {
  const go = path.join(path.dirname(file), "read.go");
  await writeFile(go, GO);
  const readers: [string, string[], string][] = [
    ["unzip", ["-p", file, entry], text],
    ["unzip", ["-tqq", file], ""],
    ["python3", ["-c", PYTHON, file, entry], `${count} ${text}`],
    ["go", ["run", go, file, entry], `${count} ${text}`],
  ];
  for (const [program, args, expected] of readers) {
    try {
      const { stdout } = await run(program, args, { maxBuffer: 1e8 });
      assert.equal(stdout.trim(), expected, program);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
      t.diagnostic(`${program} is not here`);
    }
  }
}

const PYTHON = `
import sys, zipfile
with zipfile.ZipFile(sys.argv[1]) as z:
    assert z.testzip() is None
    print(len(z.namelist()), z.read(sys.argv[2]).decode())
`;

const GO = `
package main

import (
	"archive/zip"
	"fmt"
	"io"
	"os"
)

func main() {
	z, err := zip.OpenReader(os.Args[1])
	if err != nil {
		panic(err)
	}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			panic(err)
		}
		text, err := io.ReadAll(r)
		if err != nil {
			panic(err)
		}
		if f.Name == os.Args[2] {
			fmt.Println(len(z.File), string(text))
		}
	}
}
`;
