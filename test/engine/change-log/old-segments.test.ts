/** What retention removes of the change log, on a folder and on MinIO. */

import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import { makePack } from "../../../src/change-log/roll-up/make-pack.ts";
import { planOldSegments } from "../../../src/retention/log/old-segments.ts";
import { removeLog } from "../../../src/retention/remove-log.ts";
import type { Segments } from "../../../src/store/contract/segments.ts";
import type { Store } from "../../../src/store/contract/store.ts";
import { FileStore } from "../../../src/store/folder/file-store.ts";
import { startMinio } from "../../support/servers/minio.ts";
import type { S3Server } from "../../support/servers/s3-server.ts";
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
