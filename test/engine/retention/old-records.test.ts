/** Notes and reports outlive their backups for KEEP_REPORTS, and not longer: in a folder and on a real MinIO. */

import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  ListObjectVersionsCommand,
  PutObjectCommand,
} from "@aws-sdk/client-s3";
import { NoteChain } from "../../../src/notes/note-chain.ts";
import { notePlace } from "../../../src/notes/read-note.ts";
import { KnownBackups } from "../../../src/retention/known-backups.ts";
import { planLeftTags } from "../../../src/retention/left-tags.ts";
import { type KnownNotes, planRecords } from "../../../src/retention/plan-records.ts";
import { pruneAfterBackup } from "../../../src/retention/prune-after-backup.ts";
import { backupName } from "../../../src/store/contract/backup-name.ts";
import type { SIDE_FOLDERS } from "../../../src/store/contract/side-objects.ts";
import type { Store } from "../../../src/store/contract/store.ts";
import { openStore } from "../../../src/store/open-store.ts";
import { StoredTags } from "../../../src/tags/stored-tags.ts";
import { createLog } from "../../../src/terminal/log/log.ts";
import { parseCalendarLength } from "../../../src/time/calendar-length.ts";
import { startS3Proxy } from "../../support/faults/s3-proxy.ts";
import { backupBytes } from "../../support/samples/sample-backups.ts";
import { noteText } from "../../support/samples/sample-notes.ts";
import { startMinio } from "../../support/servers/minio.ts";
import { assumeRole } from "../../support/servers/minio-session.ts";
import type { S3Server } from "../../support/servers/s3-server.ts";
import { streamOf } from "../store/bytes.ts";
import { BUCKET, openOn, SILENT } from "../store/s3-fixture.ts";

const { signal } = new AbortController();
const DAY = 86_400_000;

/** What is stored comes into the store now, so that the clock of retention is set 450 days ahead. */
const STORED = new Date(Math.floor(Date.now() / 1000) * 1000);
const NOW = new Date(STORED.getTime() + 450 * DAY);
const KEEP = parseCalendarLength("400d");
assert.ok(KEEP !== undefined);
const keep = KEEP;

let minio: S3Server;
let made = 0;

before(async () => {
  minio = await startMinio();
  await minio.createBucket(BUCKET);
});
after(() => minio?.stop());

/** The name of the backup of so many days before the clock of retention. */
const daysOld = (days: number) => backupName(new Date(NOW.getTime() - days * DAY));

/** Puts the note of a backup of so many days, of a cluster; the SHA-256 of the note. */
async function putNote(store: Store, days: number, cluster: string, counter = 1, previous?: string) {
  const name = daysOld(days);
  const text = noteText(new Date(NOW.getTime() - days * DAY), cluster, { counter, previous });
  await store.beside.create(notePlace(name), Buffer.from(text), signal);
  return createHash("sha256").update(text).digest("hex");
}

async function putReport(store: Store, days: number): Promise<void> {
  const place = { folder: "reports", backup: daysOld(days), suffix: "checked" } as const;
  await store.beside.replace(place, Buffer.from("{}"), signal);
}

async function putBackup(store: Store, days: number): Promise<void> {
  const time = new Date(NOW.getTime() - days * DAY);
  await store.put(daysOld(days), streamOf(await backupBytes(time, 3, { clusterId: "blue" })), signal);
}

/** The days of what lies in a folder, oldest first. */
async function daysIn(store: Store, folder: (typeof SIDE_FOLDERS)[number]): Promise<number[]> {
  const names = await Array.fromAsync(store.beside.list(folder, signal));
  return names.map(
    (name) => Array.from({ length: 900 }, (_, days) => days).find((days) => daysOld(days) === name) ?? -1,
  );
}

async function logTo(lines: string[]) {
  const stream = { write: (line: string) => lines.push(line) };
  return await createLog({ stream, readable: false, colors: false, debug: true, now: () => NOW });
}

/** Prunes as a loop does, by rules that keep every backup; gives the log. */
async function round(store: Store, given: { known?: KnownNotes; last?: number } = {}): Promise<string> {
  const lines: string[] = [];
  const { known = new Map(), last = 100 } = given;
  const place = { store, now: () => NOW, log: await logTo(lines) };
  const tags = new StoredTags({ ...place, signers: undefined });
  const options = { ...place, known: new KnownBackups(), tags };
  const policy = { rules: { last }, minAge: 0 };
  await pruneAfterBackup({ ...options, policy, records: { keep, store, known } }, signal);
  return lines.join("");
}

const PLACES: [title: string, open: () => Promise<{ store: Store; close: () => Promise<void> }>][] = [
  [
    "a folder",
    async () => {
      const folder = await mkdtemp(path.join(tmpdir(), "kube-backup-records-"));
      const store = await openStore({ target: { kind: "file", folder }, log: SILENT });
      return { store, close: () => rm(folder, { recursive: true, force: true }) };
    },
  ],
  [
    "a bucket",
    async () => {
      made += 1;
      const store = await openOn(minio, `records-${made}`);
      return { store, close: () => store.close() };
    },
  ],
];

for (const [title, open] of PLACES) {
  describe(`in ${title}`, () => {
    test("what has outlived its backup goes; the newest old note of each cluster and all others stay", async () => {
      const { store, close } = await open();
      try {
        for (const days of [800, 700, 600, 500, 402]) await putNote(store, days, "blue");
        for (const days of [650, 550]) await putNote(store, days, "green");
        await putNote(store, 399, "blue");
        for (const days of [800, 500, 399]) await putReport(store, days);
        // A yearly one that is still there, and today's.
        await putBackup(store, 700);
        await putBackup(store, 1);
        await store.beside.create(
          { ...notePlace(daysOld(750)), suffix: "mine" },
          Buffer.from("mine"),
          signal,
        );
        await store.beside.create(notePlace(daysOld(760)), Buffer.from("kube-backup note 2\n"), signal);
        const text = await round(store);
        assert.match(text, /"removed":6,"msg":"Old notes and reports removed"/);
        assert.doesNotMatch(text, /"level":"(warn|error)"/);
        assert.deepEqual(await daysIn(store, "notes"), [760, 750, 700, 550, 402, 399]);
        assert.deepEqual(await daysIn(store, "reports"), [399]);
        assert.doesNotMatch(await round(store), /Old notes/, "nothing is left to do");
      } finally {
        await close();
      }
    });

    test("a backup's note stays in the round that removes the backup", async () => {
      const { store, close } = await open();
      try {
        for (const days of [800, 700, 500]) await putNote(store, days, "blue");
        for (const days of [700, 1]) await putBackup(store, days);
        assert.match(await round(store, { last: 1 }), /"Backups removed"/);
        assert.deepEqual(await daysIn(store, "notes"), [700, 500]);
        await round(store, { last: 1 });
        assert.deepEqual(await daysIn(store, "notes"), [500]);
      } finally {
        await close();
      }
    });

    test("nothing goes where there are no backups, or where a guard holds some back", async () => {
      const { store, close } = await open();
      try {
        for (const days of [800, 700]) await putNote(store, days, "blue");
        await round(store);
        assert.deepEqual(await daysIn(store, "notes"), [800, 700]);
        for (const days of [3, 2]) await putBackup(store, days);
        const time = new Date(NOW.getTime() - DAY);
        await store.put(daysOld(1), streamOf(await backupBytes(time, 1, { clusterId: "blue" })), signal);
        assert.match(await round(store, { last: 1 }), /NOTHING IS REMOVED/);
        assert.deepEqual(await daysIn(store, "notes"), [800, 700]);
      } finally {
        await close();
      }
    });

    test("a loop that starts anew goes on with its chain", async () => {
      const { store, close } = await open();
      try {
        let previous: string | undefined;
        for (const [index, days] of [800, 700, 450, 410].entries())
          previous = await putNote(store, days, "blue", index + 1, previous);
        // The last backup is as old as what goes: a loop that has stood still for long.
        await putBackup(store, 410);
        await round(store);
        assert.deepEqual(await daysIn(store, "notes"), [450, 410]);
        const next = await new NoteChain().next(store, { cluster: "blue", until: NOW }, signal);
        assert.deepEqual(next, { counter: 5, previous });
      } finally {
        await close();
      }
    });

    test("tags whose backup is gone go, and those of one that is there stay", async () => {
      const { store, close } = await open();
      try {
        const put = (days: number, suffix = "json") =>
          store.beside.replace({ folder: "tags", backup: daysOld(days), suffix }, Buffer.from("{}"), signal);
        for (const days of [500, 300, 100, 0]) await put(days);
        await put(200, "mine");
        assert.doesNotMatch(await round(store), /removed/, "where there is no backup at all");
        await putBackup(store, 300);
        await putBackup(store, 1);
        assert.match(await round(store), /"removed":2,"msg":"Tags removed whose backups are gone"/);
        assert.deepEqual(await daysIn(store, "tags"), [300, 200, 0]);
        const planned = await planLeftTags({ store, now: NOW, there: [daysOld(300)] }, signal);
        assert.deepEqual(planned, [], "the youngest may still be before its backup");
      } finally {
        await close();
      }
    });

    test("a round looks at so many, and the next ones go on", async () => {
      const { store, close } = await open();
      try {
        const days = [800, 790, 780, 770, 760, 750];
        for (const each of days) await putNote(store, each, "blue");
        await store.beside.create(notePlace(daysOld(850)), Buffer.from("no note"), signal);
        await putBackup(store, 1);
        const known: KnownNotes = new Map();
        const plan = async () =>
          (await planRecords({ store, keep, known, now: NOW, most: 3 }, signal)).map(({ backup }) => backup);
        assert.deepEqual(await plan(), [daysOld(800)], "of three one cannot be read, and one is the newest");
        assert.deepEqual(await plan(), [daysOld(800), daysOld(790)]);
        assert.equal(known.size, 4);
      } finally {
        await close();
      }
    });
  });
}

test("a round takes one request for each folder, however many notes are young, and reads each old one once", async () => {
  const proxy = await startS3Proxy(minio.port);
  const store = await openOn(minio, "bounded", { endpoint: proxy.endpoint });
  const direct = await openOn(minio, "bounded");
  try {
    await Promise.all(
      Array.from({ length: 1_100 }, async (_, index) => {
        const time = new Date(NOW.getTime() - 399 * DAY + index * 60_000);
        const Key = `bounded/notes/${backupName(time)}.note`;
        await minio.client.send(new PutObjectCommand({ Bucket: BUCKET, Key, Body: "young" }));
      }),
    );
    await putBackup(direct, 1);
    const known: KnownNotes = new Map();
    const requests = async () => {
      proxy.requests.length = 0;
      await planRecords({ store, keep, known, now: NOW }, signal);
      return proxy.requests.map(({ method, url }) => `${method} ${/list-type/.test(url) ? "list" : "read"}`);
    };
    assert.deepEqual(await requests(), ["GET list", "GET list", "GET list"]);
    await putNote(direct, 500, "blue");
    await putNote(direct, 450, "blue");
    const first = await requests();
    assert.equal(first.filter((each) => each === "GET list").length, 4, "the backups too");
    assert.equal(first.length, 4 + 2, "a note takes one request");
    assert.deepEqual(await requests(), ["GET list", "GET list", "GET list", "GET list"]);
  } finally {
    await store.close();
    await direct.close();
    await proxy.stop();
  }
});

test("what an object lock keeps stays, and no delete marker hides it; that is no warning", async () => {
  const bucket = "records-locked";
  await minio.client.send(new CreateBucketCommand({ Bucket: bucket, ObjectLockEnabledForBucket: true }));
  const target = { kind: "s3", bucket, prefix: "blue" } as const;
  const locking = await openOn(minio, "", { target, write: { lock: { mode: "governance", days: 1 } } });
  const store = await openOn(minio, "", { target });
  try {
    await putNote(locking, 800, "blue");
    for (const days of [700, 600]) await putNote(store, days, "blue");
    await putBackup(store, 1);
    // Whoever has stolen the program's key hides a locked backup so; its note is what shows whose it was.
    await putBackup(locking, 800);
    const Key = `blue/${daysOld(800)}.zip`;
    await minio.client.send(new DeleteObjectCommand({ Bucket: bucket, Key }));
    const text = await round(store);
    assert.doesNotMatch(text, /"level":"(warn|error)"/);
    assert.match(text, /"level":"debug".*An old note stays, since an object lock keeps it/);
    assert.match(text, /"removed":1,"msg":"Old notes and reports removed"/);
    assert.deepEqual(await daysIn(store, "notes"), [800, 600]);
    const { DeleteMarkers = [] } = await minio.client.send(
      new ListObjectVersionsCommand({ Bucket: bucket, Prefix: "blue/notes/" }),
    );
    assert.deepEqual(
      DeleteMarkers.map(({ Key }) => Key),
      [`blue/notes/${daysOld(700)}.note`],
    );
  } finally {
    await locking.close();
    await store.close();
  }
});

test("what may not be listed or removed is a warning of the loop", async () => {
  const full = await openOn(minio, "denied");
  for (const days of [800, 700]) await putNote(full, days, "blue");
  await putBackup(full, 1);
  const session = await assumeRole(minio, ["s3:ListBucket", "s3:GetObject"]);
  const store = await openOn(minio, "denied", { credentials: session });
  try {
    const text = await round(store);
    assert.match(
      text,
      /"level":"warn".*"object":"notes\/backup_\w+\.note".*"Old note or report not removed"/,
    );
    assert.deepEqual(await daysIn(full, "notes"), [800, 700]);
  } finally {
    await store.close();
    await full.close();
  }
});
