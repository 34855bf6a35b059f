/** What retention removes of the change log, on a folder and on MinIO. */

import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import { CreateBucketCommand, ListObjectVersionsCommand } from "@aws-sdk/client-s3";
import { makePack } from "../../../src/change-log/roll-up/make-pack.ts";
import { KnownBackups } from "../../../src/retention/known-backups.ts";
import { planOldSegments } from "../../../src/retention/log/old-segments.ts";
import { pruneAfterBackup } from "../../../src/retention/prune-after-backup.ts";
import { removeLog } from "../../../src/retention/remove-log.ts";
import { backupName } from "../../../src/store/contract/backup-name.ts";
import { LockedError } from "../../../src/store/contract/locked-error.ts";
import type { Segments } from "../../../src/store/contract/segments.ts";
import type { Store } from "../../../src/store/contract/store.ts";
import { FileStore } from "../../../src/store/folder/file-store.ts";
import { StoredTags } from "../../../src/tags/stored-tags.ts";
import { createLog } from "../../../src/terminal/log/log.ts";
import { backupBytes } from "../../support/samples/sample-backups.ts";
import { startMinio } from "../../support/servers/minio.ts";
import type { S3Server } from "../../support/servers/s3-server.ts";
import { streamOf } from "../store/bytes.ts";
import { BUCKET, openOn } from "../store/s3-fixture.ts";

const { signal } = new AbortController();
const FIRST = "20261130T140000000Z-01234567-00000001";
const SECOND = "20261130T150000000Z-01234567-00000002";
const at = (minute: number, hour = 14) => `20261130T${hour}${String(minute).padStart(2, "0")}00000Z`;

let minio: S3Server;
let folder: string;

before(async () => {
  minio = await startMinio();
  await minio.createBucket(BUCKET);
  folder = await mkdtemp(path.join(tmpdir(), "kube-backup-segments-"));
});

after(async () => {
  await minio?.stop();
  await rm(folder, { recursive: true, force: true });
});

async function fill(segments: Segments): Promise<void> {
  const fileOf = (minute: number) => `${at(minute)}-0000000${minute}-${minute + 1}.jsonl.gz`;
  const packed = [0, 1].map((minute) => ({ file: fileOf(minute), bytes: Buffer.from("a segment") }));
  const pack = await makePack(FIRST, [{ segments: packed, index: undefined, known: undefined }], {});
  await segments.create({ timeline: FIRST, file: pack.file }, pack.bytes, signal);
  const files = [
    ...[2, 3].map((minute) => [FIRST, fileOf(minute)]),
    ...[0, 1].map((minute) => [SECOND, `${at(minute, 15)}-0000000${minute}-${minute + 10}-base.jsonl.gz`]),
    [SECOND, "somebody-elses"],
  ] as [string, string][];
  for (const [timeline, file] of files) await segments.create({ timeline, file }, Buffer.from(file), signal);
}

async function left(segments: Segments): Promise<string[]> {
  const found: string[] = [];
  for await (const timeline of segments.timelines(signal)) {
    for await (const { place, size } of segments.list(timeline, {}, signal)) {
      assert.equal((await segments.read(place, signal))?.toString(), place.file);
      assert.equal(size, place.file.length);
      found.push(place.file.slice(9, 13).replace("else", "other"));
    }
  }
  return found;
}

/** Removes what is before the oldest backup, and gives how many that were. */
async function removeOldSegments({ store, oldest, most }: { store: Store; oldest: Date; most: number }) {
  const backups = [{ name: "backup_20261130T140230Z", time: oldest }];
  const options = { store, keep: undefined, minAge: 0, backups, now: new Date(), most };
  const removed = await planOldSegments(options, signal);
  return (await removeLog({ segments: store.segments, removed }, signal)).size;
}

for (const kind of ["a folder", "a bucket"]) {
  test(`${kind}: what is before the oldest backup goes, in rounds, and nothing else`, async () => {
    const store = kind === "a folder" ? new FileStore({ folder }) : await openOn(minio, "segments");
    const { segments } = store;
    try {
      assert.equal(await removeOldSegments({ store, oldest: new Date(), most: 9 }), 0);
      await fill(segments);
      const oldest = new Date("2026-11-30T14:02:30Z");
      // A pack goes as a whole, and stays for as long as one of its segments.
      assert.equal(await removeOldSegments({ store, oldest: new Date("2026-11-30T14:01:00Z"), most: 9 }), 0);
      assert.equal(await removeOldSegments({ store, oldest, most: 2 }), 2);
      assert.deepEqual(await left(segments), ["1402", "1403", "1500", "1501", "other"]);
      assert.equal(await removeOldSegments({ store, oldest, most: 2 }), 1);
      assert.equal(await removeOldSegments({ store, oldest, most: 2 }), 0);
      const later = new Date("2026-11-30T15:01:00Z");
      assert.equal(await removeOldSegments({ store, oldest: later, most: 9 }), 2);
      assert.deepEqual(await left(segments), ["1501", "other"]);
      // After a name, only what comes later is listed; what is there is not written again.
      const listed = await Array.fromAsync(segments.list(SECOND, { after: `${at(1, 15)}~` }, signal));
      assert.deepEqual(
        listed.map(({ place }) => place.file),
        ["somebody-elses"],
      );
      const place = { timeline: SECOND, file: "somebody-elses" };
      await assert.rejects(segments.create(place, Buffer.from("x"), signal), { name: "BackupExistsError" });
      assert.equal(await segments.read({ timeline: SECOND, file: "none" }, signal), undefined);
    } finally {
      await store.close();
    }
  });
}

test("what an object lock keeps stays, and no delete marker hides it; the rest goes", async () => {
  const bucket = "segments-locked";
  await minio.client.send(new CreateBucketCommand({ Bucket: bucket, ObjectLockEnabledForBucket: true }));
  const target = { kind: "s3", bucket, prefix: "blue" } as const;
  const locking = await openOn(minio, "", { target, write: { lock: { mode: "governance", days: 1 } } });
  const store = await openOn(minio, "", { target });
  const fileOf = (minute: number) => `${at(minute)}-0000000${minute}-${minute + 1}.jsonl.gz`;
  try {
    for (const [minute, into] of [store, locking, store, store].entries()) {
      const file = fileOf(minute);
      await into.segments.create({ timeline: FIRST, file }, Buffer.from(file), signal);
    }
    const oldest = new Date("2026-11-30T14:02:30Z");
    const backups = [{ name: "backup_20261130T140230Z", time: oldest }];
    for (const round of ["first", "second"]) {
      const options = { store, keep: undefined, minAge: 0, backups, now: new Date() };
      const removed = await planOldSegments(options, signal);
      const ended = await removeLog({ segments: store.segments, removed }, signal);
      const locked = [...ended].filter(([, error]) => error instanceof LockedError);
      assert.deepEqual(
        locked.map(([{ number }]) => number),
        [1],
        round,
      );
      assert.equal(ended.size, round === "first" ? 3 : 1);
      assert.deepEqual(await left(store.segments), ["1401", "1403"]);
    }
    const { DeleteMarkers = [] } = await minio.client.send(new ListObjectVersionsCommand({ Bucket: bucket }));
    assert.deepEqual(
      DeleteMarkers.map(({ Key }) => Key?.slice(-fileOf(0).length)).sort(),
      [0, 2].map(fileOf),
    );
  } finally {
    await locking.close();
    await store.close();
  }
});

test("a pack that is damaged is one warning of a loop, and not one of each round", async () => {
  const place = path.join(folder, "damaged");
  const store = new FileStore({ folder: place });
  await fill(store.segments);
  const timeline = path.join(place, "log", FIRST);
  const pack = (await readdir(timeline)).find((file) => file.endsWith(".pack")) ?? "";
  await writeFile(path.join(timeline, pack), "no pack");
  const time = new Date("2026-11-30T14:02:30Z");
  await store.put(backupName(time), streamOf(await backupBytes(time, 3, { clusterId: "blue" })), signal);
  const lines: string[] = [];
  const now = () => new Date("2026-12-01T12:00:00Z");
  const stream = { write: (line: string) => lines.push(line) };
  const log = await createLog({ stream, readable: false, colors: false, debug: false, now });
  const tags = new StoredTags({ store, signers: undefined, now, log });
  const remembered = { known: new KnownBackups(), tags, toldOfLog: new Set<string>() };
  const policy = { rules: { last: 9 }, minAge: 0 };
  for (const _ of ["the first round", "the second"])
    await pruneAfterBackup({ store, policy, ...remembered, now, log }, signal);
  const warnings = lines.filter((line) => line.includes("Old changes not removed from the change log"));
  assert.equal(warnings.length, 1, lines.join(""));
  assert.match(warnings[0] ?? "", /"level":"warn".*Cannot read the pack/);
});
