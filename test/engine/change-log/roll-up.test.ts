/** The roll-up of the change log: killed at each step, beside readers, by two programs, and finished by a later one. */

import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, describe, it } from "node:test";
import { listSegments } from "../../../src/change-log/replay/list-segments.ts";
import { openMoment } from "../../../src/change-log/replay/open-moment.ts";
import { readAlong, readSegments } from "../../../src/change-log/replay/read-segments.ts";
import { SegmentReader } from "../../../src/change-log/replay/segment-reader.ts";
import type { KnownIndex } from "../../../src/change-log/roll-up/known-index.ts";
import { RollUp } from "../../../src/change-log/roll-up/roll-up.ts";
import { DecryptingSegments } from "../../../src/encryption/decrypting-segments.ts";
import { parseAllowedSigners } from "../../../src/signatures/allowed-signers.ts";
import { SigningKey } from "../../../src/signatures/signing-key.ts";
import { signMessage } from "../../../src/signatures/sshsig.ts";
import { ForwardingStore } from "../../../src/store/contract/forwarding-store.ts";
import type { Segments } from "../../../src/store/contract/segments.ts";
import type { Store } from "../../../src/store/contract/store.ts";
import { FileStore } from "../../../src/store/folder/file-store.ts";
import { BelievedSegments } from "../../../src/trust/believed-segments.ts";
import {
  encrypted,
  identitiesOf,
  type KeyPair,
  keyPair,
  recipientsOf,
} from "../../support/encryption/age-files.ts";
import { Killed, KilledSegments, MemorySegments } from "../../support/samples/memory-segments.ts";
import { NEVER, readContents } from "../../support/samples/sample-archive.ts";
import { beginTimeline, objectOf, putBackupOf } from "../../support/samples/sample-history.ts";
import { startMinio } from "../../support/servers/minio.ts";
import type { S3Server } from "../../support/servers/s3-server.ts";
import { BUCKET, openOn } from "../store/s3-fixture.ts";

const OWN = new SigningKey(Buffer.alloc(32, 1));
const START = new Date("2026-11-30T14:00:00.000Z");
const minute = (number: number) => new Date(START.getTime() + number * 60_000);
/** Each third segment changes this one. */
const NAMES = ["a", "b", "web"];

let keys: KeyPair;
let folder: string;
let minio: S3Server;

before(async () => {
  keys = await keyPair();
  folder = await mkdtemp(path.join(tmpdir(), "kube-backup-roll-up-"));
  minio = await startMinio();
  await minio.createBucket(BUCKET);
});

after(async () => {
  await minio?.stop();
  await rm(folder, { recursive: true, force: true });
});

/** How segments are written and read. */
interface Form {
  sign?: (text: Uint8Array) => string;
  encrypt?: (bytes: Uint8Array) => Promise<Uint8Array>;
  readable: (segments: Segments) => Segments;
}

function formOf(title: string): Form {
  const parsed = parseAllowedSigners(`* ssh-ed25519 ${OWN.publicKey.blob.toString("base64")}`);
  assert.ok("value" in parsed);
  const sign = (text: Uint8Array) => signMessage(text, OWN);
  const encrypt = (bytes: Uint8Array) => encrypted(bytes, recipientsOf(keys));
  const decrypting = (segments: Segments) => new DecryptingSegments(segments, identitiesOf(keys));
  if (title === "plain") return { readable: (segments) => segments };
  if (title === "encrypted") return { encrypt, readable: decrypting };
  return { sign, encrypt, readable: (segments) => new BelievedSegments(decrypting(segments), parsed.value) };
}

/** Segments of a minute each, the first of them a base, and each tenth. */
interface Written {
  timeline: string;
  /** What a roll-up is told of each. */
  stored: { file: string; size: number; known: KnownIndex }[];
}

async function write(
  segments: Segments,
  count: number,
  form: Form,
  bases: readonly string[] = [],
): Promise<Written> {
  const stored: Written["stored"] = [];
  const baseOf = (number: number) => bases[number / 10] ?? "backup_20261130T140000Z";
  const log = await beginTimeline({ segments } as Store, {
    ...{ began: START, base: baseOf(0), revision: 100, ...form },
    onStored: ({ place, size }, known) => stored.push({ file: place.file, size, known }),
  });
  for (let number = 1; number < count; number += 1) {
    const name = NAMES[number % NAMES.length];
    await log.add(
      minute(number),
      100 + number,
      [
        {
          ...{ at: minute(number), revision: 100 + number, operation: number < 4 ? "create" : "update" },
          ...{ kind: "configMaps", path: `shop/${name}`, content: { data: { number: String(number) } } },
        },
      ],
      number % 10 === 0 ? baseOf(number) : undefined,
    );
  }
  return { timeline: log.name, stored };
}

/** Rolls up what a process has written, as it does it: with each segment. */
async function rollUp(segments: Segments, { timeline, stored }: Written, form: Form): Promise<void> {
  const rolling = new RollUp({ segments, timeline, sign: form.sign, encrypt: form.encrypt });
  for (const { file, size, known } of stored) {
    rolling.add({ file, size }, known);
    while (await rolling.step(NEVER));
  }
}

/** A later process, which has neither what the one before knew nor a key. */
async function finish(segments: Segments, timeline: string): Promise<void> {
  const rolling = new RollUp({ segments, timeline });
  await rolling.takeStored(NEVER);
  while (await rolling.step(NEVER));
}

/** The texts of all segments, which follow each other. */
async function textsOf(segments: Segments, timeline: string): Promise<string[]> {
  const reader = new SegmentReader({ segments, url: "memory" });
  const planned = await listSegments(reader, { timeline }, NEVER);
  const texts: string[] = [];
  for await (const { signed } of readSegments(reader, planned, NEVER)) texts.push(signed);
  return texts;
}

/** The numbers of the segments that are read for one object. */
async function readFor(segments: Segments, timeline: string, name: string): Promise<number[]> {
  const reader = new SegmentReader({ segments, url: "memory" });
  const planned = await listSegments(reader, { timeline }, NEVER);
  const numbers: number[] = [];
  const wants = (object: { name: string }) => object.name === name;
  for await (const { segment } of readAlong(reader, planned, { wants }, NEVER))
    if (segment !== undefined) numbers.push(segment.header.number);
  return numbers;
}

async function fileCount(segments: Segments, timeline: string): Promise<number> {
  return (await Array.fromAsync(segments.list(timeline, {}, NEVER))).length;
}

for (const title of ["plain", "encrypted", "signed and encrypted"]) {
  describe(`a change log that is ${title}`, () => {
    it("holds all segments in few files, and the index leads to those of an object", async () => {
      const form = formOf(title);
      const segments = new MemorySegments();
      const count = title === "plain" ? 600 : 80;
      const written = await write(segments, count, form);
      const readable = form.readable(segments);
      const before = await textsOf(readable, written.timeline);
      assert.equal(before.length, count);
      await rollUp(segments, written, form);
      // 512 + 64 + 3 · 8, and 64 + 2 · 8.
      assert.equal(await fileCount(segments, written.timeline), title === "plain" ? 5 : 3);
      assert.deepEqual(await textsOf(readable, written.timeline), before);
      const ofWeb = Array.from({ length: count }, (_, number) => number).filter((number) => number % 3 === 2);
      assert.deepEqual(await readFor(readable, written.timeline, "web"), ofWeb);
      assert.deepEqual(await readFor(readable, written.timeline, "none"), []);
      await finish(segments, written.timeline);
      assert.equal(await fileCount(segments, written.timeline), 1);
      assert.deepEqual(await textsOf(readable, written.timeline), before);
      assert.deepEqual(await readFor(readable, written.timeline, "web"), ofWeb);
    });

    it("loses nothing where the roll-up is killed at any step, and a later process finishes it", async () => {
      const form = formOf(title);
      const whole = new MemorySegments();
      const written = await write(whole, 70, form);
      const before = await textsOf(form.readable(whole), written.timeline);
      let ended = false;
      let kills = 0;
      for (let at = 0; !ended; at += title === "plain" ? 1 : 17) {
        for (const isAfter of [false, true]) {
          const segments = whole.copy();
          try {
            await rollUp(new KilledSegments(segments, { at, isAfter }), written, form);
            ended = true;
          } catch (error) {
            if (!(error instanceof Killed)) throw error;
            kills += 1;
          }
          const readable = form.readable(segments);
          assert.deepEqual(await textsOf(readable, written.timeline), before, `killed at ${at}`);
          // The later process is killed as well, and another one comes.
          const again = new KilledSegments(segments, { at: at % 11, isAfter });
          await finish(again, written.timeline).catch((error: unknown) => assert.ok(error instanceof Killed));
          assert.deepEqual(await textsOf(readable, written.timeline), before, `killed at ${at}, and again`);
          await finish(segments, written.timeline);
          assert.equal(await fileCount(segments, written.timeline), 1);
          assert.deepEqual(await textsOf(readable, written.timeline), before, `finished after ${at}`);
        }
      }
      assert.ok(kills >= (title === "plain" ? 160 : 8), `${kills} kills`);
    });
  });
}

it("two programs that roll up one timeline at once lose nothing", async () => {
  const form = formOf("plain");
  for (let seed = 1; seed <= 20; seed += 1) {
    const segments = new MemorySegments();
    const written = await write(segments, 90, form);
    const before = await textsOf(segments, written.timeline);
    const rolling = [1, 2].map(() => new RollUp({ segments, timeline: written.timeline }));
    for (const each of rolling) await each.takeStored(NEVER);
    // One of them has a head start of some steps.
    const [one, other] = rolling as [RollUp, RollUp];
    for (let steps = 0; steps < seed; steps += 1) await one.step(NEVER);
    const run = async (each: RollUp) => {
      for (let failures = 0; failures < 9; ) {
        const more = await each.step(NEVER).catch(() => undefined);
        if (more === false) return;
        if (more === undefined) failures += 1;
      }
    };
    await Promise.all([run(one), run(other), rollUp(segments, written, form).catch(() => {})]);
    await finish(segments, written.timeline);
    assert.deepEqual(await textsOf(segments, written.timeline), before);
  }
});

it("an index that was forged, or exchanged, is not used, and a segment that was changed is an error", async () => {
  const form = formOf("signed and encrypted");
  const segments = new MemorySegments();
  const written = await write(segments, 8, form);
  const stranger = new SigningKey(Buffer.alloc(32, 2));
  await rollUp(segments, written, { ...form, sign: (text) => signMessage(text, stranger) });
  const readable = form.readable(segments);
  assert.equal(await fileCount(segments, written.timeline), 1);
  // All segments are read, and each is believed for itself.
  assert.equal((await readFor(readable, written.timeline, "web")).length, 8);
  const [[file, bytes] = ["", Buffer.alloc(0)]] = [...(segments.files.get(written.timeline) ?? [])];
  const changed = Buffer.from(bytes);
  changed[changed.length - 20] = (changed.at(-20) ?? 0) ^ 1;
  segments.files.get(written.timeline)?.set(file, changed);
  await assert.rejects(textsOf(readable, written.timeline), /140700000Z-00000007-107/);
});

for (const kind of ["a folder", "a bucket"]) {
  it(`${kind}: every moment is the same before, during and after, for readers that run meanwhile too`, async () => {
    const form = formOf("encrypted");
    const stored: Store = kind === "a folder" ? new FileStore({ folder }) : await openOn(minio, "roll-up");
    try {
      const objects = [objectOf("namespaces", "shop"), objectOf("configMaps", "shop/settings", { data: {} })];
      const bases: string[] = [];
      for (let number = 0; number < 70; number += 10) {
        // A base has what was changed up to it.
        const changed = NAMES.flatMap((name, index) => {
          const last = Array.from({ length: number }, (_, back) => number - back).find(
            (each) => each % 3 === index,
          );
          const content = { data: { number: String(last) } };
          return last === undefined ? [] : [objectOf("configMaps", `shop/${name}`, content)];
        });
        bases.push(await putBackupOf(stored, minute(number), 100 + number, [...objects, ...changed]));
      }
      const written = await write(stored.segments, 70, form, bases);
      const store = new ReadableStore(stored, form.readable(stored.segments));
      const moments = [1, 9, 10, 25, 33, 48, 64, 69].map((number) => minute(number));
      const states = () => Promise.all(moments.map((moment) => stateAt(store, moment)));
      const before = await states();
      assert.deepEqual(before[2], expectedAt(10));
      // This one has its plan before the roll-up begins, and reads on while its segments are removed.
      const reader = new SegmentReader(store);
      const planned = await listSegments(reader, { timeline: written.timeline }, NEVER);
      const reading = readSegments(reader, planned, NEVER);
      const numbers = [(await reading.next()).value?.header.number];
      let isDone = false;
      const rolling = rollUp(stored.segments, written, form).finally(() => (isDone = true));
      while (!isDone) assert.deepEqual(await states(), before);
      await rolling;
      assert.ok((await fileCount(stored.segments, written.timeline)) < 10);
      for await (const { header } of reading) numbers.push(header.number);
      assert.deepEqual(
        numbers,
        Array.from({ length: 70 }, (_, number) => number),
      );
      assert.deepEqual(await states(), before);
      await finish(stored.segments, written.timeline);
      assert.deepEqual(await states(), before);
    } finally {
      await stored.close();
    }
  });
}

/** A store whose change log is read in another way. */
class ReadableStore extends ForwardingStore {
  readonly #segments: Segments;

  constructor(inner: Store, segments: Segments) {
    super(inner);
    this.#segments = segments;
  }

  override get segments(): Segments {
    return this.#segments;
  }
}

async function stateAt(store: Store, moment: Date): Promise<Record<string, string[]>> {
  const opened = await openMoment({ store, moment }, NEVER);
  assert.ok(opened);
  return (await readContents(opened.archive)).objects;
}

function expectedAt(number: number): Record<string, string[]> {
  const text = (name: string, data: object) => objectOf("configMaps", `shop/${name}`, { data } as never).text;
  const last = (index: number) =>
    Array.from({ length: number + 1 }, (_, back) => number - back).find((each) => each % 3 === index);
  return {
    "cluster/namespaces.json": [objectOf("namespaces", "shop").text],
    "namespaces/shop/configmaps.json": [
      ...NAMES.slice(0, 2).map((name, index) => text(name, { number: String(last(index)) })),
      text("settings", {}),
      text("web", { number: String(last(2)) }),
    ],
  };
}
