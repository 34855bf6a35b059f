import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { test } from "node:test";
import { readPackHead } from "../../../src/change-log/format/open-pack.ts";
import { parsePackName } from "../../../src/change-log/format/pack-name.ts";
import { unpackSegment } from "../../../src/change-log/format/packed-segment.ts";
import { SegmentFault } from "../../../src/change-log/format/segment-fault.ts";
import { namesSha256, parseIndex } from "../../../src/change-log/format/segment-index.ts";
import { formatSegmentName } from "../../../src/change-log/format/segment-name.ts";
import {
  indexOfSegment,
  indexText,
  joinIndexes,
  type KnownIndex,
} from "../../../src/change-log/roll-up/known-index.ts";
import { makePack, packHolds, partsOf, type StoredPart } from "../../../src/change-log/roll-up/make-pack.ts";

const TIMELINE = "20261130T140000000Z-01234567-89abcdef";
const moment = (second: number) => ({
  revision: String(100 + second),
  time: `2026-11-30T14:00:0${second}.000Z`,
});
const head = { cluster: "01234567-89ab-cdef-0123-456789abcdef" };

/** What is known of a segment with changes of ConfigMaps of these names. */
function known(number: number, ...names: string[]): KnownIndex {
  const records = names.map((name) => ({ resource: "configmaps", namespace: "shop", name }));
  const link = number === 0 ? {} : { previous: `sha-${number - 1}` };
  const header = {
    timeline: TIMELINE,
    number,
    ...head,
    from: moment(number),
    to: moment(number + 1),
    ...link,
  };
  return indexOfSegment(header, records, `sha-${number}`);
}

function file(number: number): string {
  const { revision, time } = moment(number + 1);
  return formatSegmentName({ until: new Date(time), number, revision, isBase: false, isEncrypted: false });
}

const part = (number: number, index: KnownIndex | undefined): StoredPart => ({
  ...{ segments: [{ file: file(number), bytes: Buffer.from(`segment ${number}`) }], index: undefined },
  known: index,
});

test("an index names the segments of each object, once each, and is read as it was written", () => {
  const joined = joinIndexes([known(3, "a", "b", "a"), known(4), known(5, "a")]);
  assert.ok(joined);
  const text = indexText(TIMELINE, joined, [3, 4, 5].map(file), (bytes) => `signed ${bytes.length}`);
  const { header, objects, signature, signed } = parseIndex(text);
  assert.deepEqual(
    objects.map(({ resource, namespace, name, segments }) => `${resource} ${namespace}/${name} ${segments}`),
    ["configmaps shop/a 3,5", "configmaps shop/b 3"],
  );
  const { first, previous, sha256, names, from, to, cluster } = header;
  assert.deepEqual(
    { first, previous, sha256 },
    { first: 3, previous: "sha-2", sha256: ["sha-3", "sha-4", "sha-5"] },
  );
  assert.deepEqual({ from, to, cluster }, { from: moment(3), to: moment(6), cluster: head.cluster });
  assert.equal(names, namesSha256([3, 4, 5].map(file)));
  assert.equal(signature, `signed ${Buffer.byteLength(signed)}`);
  assert.ok(text.startsWith(signed));
});

test("joined indexes do not change those that they are made of", () => {
  const [one, other] = [known(0, "a"), known(1, "a")];
  joinIndexes([one, other]);
  assert.deepEqual([...one.objects.values()][0]?.segments, [0]);
});

test("an index that would be too large is none", () => {
  const names = Array.from({ length: 9_000 }, (_, index) => `n${index}`);
  assert.equal(joinIndexes([known(0, ...names), known(1, ...names)]), undefined);
});

test("a pack has one index where all is known, and keeps the indexes that it cannot read", async () => {
  const one = await makePack(TIMELINE, [part(0, known(0, "a")), part(1, known(1, "b"))], {});
  const name = parsePackName(one.file);
  assert.ok(name && one.known);
  const [first, ...more] = await readPackHead(one.bytes.subarray(0, name.head), TIMELINE, name);
  assert.deepEqual(more, []);
  assert.equal(parseIndex(await unpackSegment(first?.index ?? Buffer.alloc(0))).objects.length, 2);
  // A later process knows nothing of it.
  const stored = await partsOf(one.bytes, TIMELINE, name);
  const two = await makePack(
    TIMELINE,
    [...stored, part(2, undefined), part(3, undefined), part(4, known(4, "c"))],
    {},
  );
  const later = parsePackName(two.file);
  assert.ok(later && two.known === undefined);
  const parts = await readPackHead(two.bytes.subarray(0, later.head), TIMELINE, later);
  assert.deepEqual(
    parts.map(({ segments, index }) => [segments.map(({ number }) => number).join(), index !== undefined]),
    [
      ["0,1", true],
      ["2,3", false],
      ["4", true],
    ],
  );
  assert.deepEqual(parts[0]?.index, first?.index);
  const [{ start, end } = { start: 0, end: 0 }] = parts[1]?.segments ?? [];
  assert.equal(two.bytes.subarray(start, end).toString(), "segment 2");
});

test("a pack holds what is in it byte for byte, and nothing where it is damaged", async () => {
  const made = await makePack(TIMELINE, [part(0, known(0)), part(1, known(1))], {});
  const name = parsePackName(made.file);
  assert.ok(name);
  const pack = { timeline: TIMELINE, name };
  assert.equal(await packHolds(made.bytes, pack, made.segments), true);
  assert.equal(await packHolds(made.bytes, pack, part(2, undefined).segments), false);
  const other = [{ file: file(0), bytes: Buffer.from("another 0") }];
  assert.equal(await packHolds(made.bytes, pack, other), false);
  assert.equal(await packHolds(made.bytes.subarray(0, -1), pack, made.segments), false);
  assert.equal(await packHolds(made.bytes, { ...pack, timeline: `${TIMELINE}0` }, made.segments), false);
  for (const wrong of [{ number: 2 }, { directory: name.directory - 3 }, { head: name.head - 1 }])
    await assert.rejects(
      readPackHead(made.bytes.subarray(0, name.head), TIMELINE, { ...name, ...wrong }),
      SegmentFault,
    );
});
