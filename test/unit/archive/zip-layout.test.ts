/** What other writers may choose and what no archive may be: docs/archive-format.md, "The zip" and "Checking". */

import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { crc32, deflateRawSync } from "node:zlib";
import JSZip from "jszip";
import { DamagedArchiveError } from "../../../src/archive/format/damaged-archive-error.ts";
import { openArchive } from "../../../src/archive/reader.ts";
import { verifyArchive } from "../../../src/archive/verify.ts";
import {
  assemble,
  entryOf,
  layOut,
  type PlainEntry,
  type PlainZip,
  type PlainZipChoices,
} from "../../support/samples/plain-zip.ts";
import {
  memorySource,
  NEVER,
  SECRETS,
  sampleObject,
  writeSample,
} from "../../support/samples/sample-archive.ts";

const SECRETS_PATH = "namespaces/shop/secrets.json";

/** An extra field of a kind that no program knows. */
const EXTRA = Buffer.from([0xfe, 0xca, 3, 0, 1, 2, 3]);

/** A ZIP64 field with so many bytes of zeros. */
function zip64Field(length: number): Buffer {
  return Buffer.concat([Buffer.from([1, 0, length, 0]), Buffer.alloc(length)]);
}

async function unpack(bytes: Buffer): Promise<Map<string, string>> {
  const zip = await JSZip.loadAsync(bytes);
  const texts = new Map<string, string>();
  for (const [path, file] of Object.entries(zip.files)) texts.set(path, await file.async("string"));
  return texts;
}

const sample = await unpack((await writeSample()).bytes);

async function verify(bytes: Buffer): Promise<void> {
  await verifyArchive(await openArchive(memorySource(bytes), NEVER), NEVER);
}

const CHOICES: [string, PlainZipChoices][] = [
  ["sizes in the local headers", {}],
  ["stored files", { method: 0 }],
  ["data descriptors with a signature", { descriptor: "signed" }],
  ["data descriptors without one", { descriptor: "unsigned" }],
  ["stored files with data descriptors", { method: 0, descriptor: "signed" }],
  ["extra fields, other ones in the directory", { localExtra: EXTRA }],
  ["extra fields in the directory alone", { centralExtra: EXTRA, descriptor: "unsigned" }],
  ["another date", { date: 0x5c220000 }],
  ["another mode and system", { madeBy: 0x031e, attributes: 0o100640 * 0x10000 }],
  ["another level of compression", { compress: (content) => deflateRawSync(content, { level: 0 }) }],
];

for (const [name, choices] of CHOICES) {
  test(`a writer may choose: ${name}`, async () => {
    await verify(assemble(layOut(sample, choices)));
  });
}

test("a writer may choose: folders, whatever their attributes", async () => {
  for (const method of [0, 8] as const) {
    const zip = layOut(sample);
    zip.entries.splice(2, 0, entryOf("namespaces/", Buffer.alloc(0), { method, attributes: 16 }));
    await verify(assemble(zip));
  }
});

test("a writer may choose: a directory in another order than the files", async () => {
  const zip = layOut(sample);
  await verify(assemble(zip, zip.entries.toReversed()));
});

/** Changes an entry's records on their way into a zip. */
function ofSecrets(change: (entry: PlainEntry) => void): (zip: PlainZip) => void {
  return ({ entries }) => {
    for (const entry of entries) if (entry.path === SECRETS_PATH) change(entry);
  };
}

function add(record: Buffer, offset: number): void {
  record[offset] = (record[offset] ?? 0) + 1;
}

const X = Buffer.from("x");
const LOCAL = /secrets\.json: its local header is not as the central directory says$/;
const GAP = /: it does not end where the next part of the zip begins$/;
const END = /: it is no zip file, or a damaged one$/;

const CONTRADICTIONS: [string, (zip: PlainZip) => void, RegExp, PlainZipChoices?][] = [
  ["another version in the local header", ofSecrets(({ local }) => add(local, 4)), LOCAL],
  ["other flags in the local header", ofSecrets(({ local }) => add(local, 7)), LOCAL],
  ["another method in the local header", ofSecrets(({ local }) => add(local, 8)), LOCAL],
  ["another time in the local header", ofSecrets(({ local }) => add(local, 10)), LOCAL],
  ["another date in the directory", ofSecrets(({ central }) => add(central, 14)), LOCAL],
  ["another CRC-32 in the local header", ofSecrets(({ local }) => add(local, 14)), LOCAL],
  ["another name in the local header", ofSecrets(({ local }) => add(local, 30)), LOCAL],
  ["sizes before a descriptor", ofSecrets(({ local }) => add(local, 22)), LOCAL, { descriptor: "signed" }],
  [
    "another size in the descriptor",
    ofSecrets(({ descriptor }) => add(descriptor, 12)),
    /secrets\.json: its data descriptor is not as the central directory says$/,
    { descriptor: "signed" },
  ],
  [
    "another CRC-32 in all places",
    ofSecrets(({ local, central }) => {
      add(local, 14);
      add(central, 16);
    }),
    /secrets\.json: its CRC-32 is not the stated one$/,
  ],
  [
    "something between two files",
    ofSecrets((entry) => {
      entry.descriptor = X;
    }),
    GAP,
  ],
  [
    "a descriptor that the flags do not announce",
    ofSecrets((entry) => {
      entry.descriptor = Buffer.alloc(16);
    }),
    GAP,
  ],
  [
    "something before the first file",
    (zip) => {
      zip.before = X;
    },
    /the zip's central directory: something lies before the first entry$/,
  ],
  [
    "something between the files and the directory",
    (zip) => {
      zip.beforeDirectory = X;
    },
    GAP,
  ],
  [
    "something between the directory and the end record",
    (zip) => {
      zip.beforeEnd = X;
    },
    END,
  ],
  [
    "a comment of the zip",
    (zip) => {
      zip.comment = X;
    },
    END,
  ],
  [
    "a comment of a file",
    ofSecrets((entry) => {
      entry.central.writeUInt16LE(1, 32);
      entry.central = Buffer.concat([entry.central, X]);
    }),
    /an entry has a comment$/,
  ],
  [
    "a number of entries that is not that of the records",
    (zip) =>
      zip.entries.splice(
        1,
        1,
        ...zip.entries
          .slice(1, 2)
          .map((entry) => ({ ...entry, central: Buffer.concat([entry.central, entry.central]) })),
      ),
    END,
  ],
  [
    "a ZIP64 field in a local header",
    () => {},
    /secrets\.json: its local header has a ZIP64 field, which no file needs;/,
    { localExtra: zip64Field(8) },
  ],
  ["a ZIP64 field with an offset that fits without", () => {}, END, { centralExtra: zip64Field(8) }],
  ["a ZIP64 field with sizes", () => {}, END, { centralExtra: zip64Field(16) }],
  ["an extra field that is cut off", () => {}, END, { centralExtra: EXTRA.subarray(0, 5) }],
  ["a file on another disk", ofSecrets(({ central }) => add(central, 34)), /on another disk$/],
  ["a file with another mode", ofSecrets(({ central }) => add(central, 40)), /not the same in all files$/],
  ["a file made by another version", ofSecrets(({ central }) => add(central, 4)), /not the same in all/],
  ["a file with other inner attributes", ofSecrets(({ central }) => add(central, 36)), /not the same/],
  [
    "two entries in the same place",
    ({ entries }) => {
      const folder = entryOf("namespaces/", Buffer.alloc(0), { method: 0 });
      entries.splice(2, 0, { ...folder, local: Buffer.alloc(0) });
    },
    /: its local header is not|: it does not end where/,
  ],
];

for (const [name, change, message, choices] of CONTRADICTIONS) {
  test(`no archive may have: ${name}`, async () => {
    const zip = layOut(sample, choices);
    change(zip);
    await assert.rejects(verify(assemble(zip)), (error) => {
      assert.ok(error instanceof DamagedArchiveError, `${error}`);
      assert.match(error.message, message);
      return true;
    });
  });
}

test("no archive may have: a path that an extra field says otherwise", async () => {
  const zip = layOut(sample);
  // The name of the zip's header is another; readers that know the field see the manifest's path.
  const name = Buffer.from("namespaces/shop/secretz.json");
  const sum = Buffer.alloc(5);
  sum[0] = 1;
  sum.writeUInt32LE(crc32(name), 1);
  const data = Buffer.concat([sum, Buffer.from(SECRETS_PATH)]);
  const centralExtra = Buffer.concat([Buffer.from([0x75, 0x70, data.length, 0]), data]);
  zip.entries = zip.entries.map((entry) =>
    entry.path === SECRETS_PATH
      ? entryOf(name.toString(), Buffer.from(sample.get(SECRETS_PATH) ?? ""), { centralExtra })
      : entry,
  );
  await assert.rejects(verify(assemble(zip)), /it is no zip file, or a damaged one$/);
});

test("no archive may have: packed bytes after the end of what they unpack to", async () => {
  const noise = Array.from({ length: 2000 }, (_, index) =>
    sampleObject(SECRETS, "shop", `s-${index}`, createHash("sha512").update(`${index}`).digest("hex")),
  );
  const large = await unpack((await writeSample(noise)).bytes);
  for (const texts of [sample, large]) {
    // One byte comes in the last chunk that zlib takes, as many as that in chunks of their own.
    for (const junk of [1, 300_000]) {
      const zip = layOut(texts);
      zip.entries = zip.entries.map((entry) =>
        entry.path === SECRETS_PATH
          ? entryOf(entry.path, Buffer.from(texts.get(entry.path) ?? ""), {
              compress: (content) => Buffer.concat([deflateRawSync(content), Buffer.alloc(junk)]),
            })
          : entry,
      );
      await assert.rejects(verify(assemble(zip)), /secrets\.json: its packed size is not the stated one$/);
    }
  }
});

test("what is wrong is found again when the archive is verified again", async () => {
  const zip = layOut(sample);
  ofSecrets(({ central }) => add(central, 40))(zip);
  const archive = await openArchive(memorySource(assemble(zip)), NEVER);
  for (let round = 0; round < 2; round += 1) {
    await assert.rejects(verifyArchive(archive, NEVER), /attributes are not the same in all files$/);
  }
});
