/** What killed processes leave of backups that they were writing, and who removes it: the next run, and nobody before. */

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readdir, rm, symlink, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import process from "node:process";
import { after, before, describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import {
  CreateMultipartUploadCommand,
  ListMultipartUploadsCommand,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import { FileStore } from "../../../src/store/folder/file-store.ts";
import { partialName, thisWriter } from "../../../src/store/folder/partial-files.ts";
import { startS3Proxy } from "../../support/faults/s3-proxy.ts";
import { startMinio } from "../../support/servers/minio.ts";
import { sessionWith } from "../../support/servers/minio-session.ts";
import type { S3Server } from "../../support/servers/s3-server.ts";
import { startVersitygw } from "../../support/servers/versitygw.ts";
import { bytesOf, streamOf } from "./bytes.ts";
import { BUCKET, openOn, unfinishedUploads } from "./s3-fixture.ts";

const MIB = 1024 * 1024;
const HOUR = 3_600_000;
const NAME = "backup_20260131T120000Z";
const { signal } = new AbortController();

describe("In a folder", () => {
  const UUID = "0b0e1f2a-1111-4222-8333-444455556666";

  /** The number of a process that has ended. */
  async function endedPid(): Promise<number> {
    const child = spawn(process.execPath, ["-e", ""], { stdio: "ignore" });
    await once(child, "exit");
    return child.pid ?? 0;
  }

  test("goes what an ended process has left, and what nobody has written into for an hour; no more", async (t) => {
    const folder = await mkdtemp(path.join(tmpdir(), "left-overs-"));
    t.after(() => rm(folder, { recursive: true }));
    const self = await thisWriter();
    const file = `${NAME}.zip`;
    const gone = {
      ended: partialName(file, { ...self, pid: await endedPid() }, UUID),
      elsewhereOld: partialName(file, { ...self, place: "00000000" }, UUID),
      unnamedOld: `.${file}.${UUID}.partial`,
      claimOld: `.${file}.claim`,
      probeOld: ".access-check.partial",
    };
    const stays = {
      alive: partialName(file, self, UUID),
      elsewhere: partialName(file, { ...self, place: "11111111" }, UUID),
      claim: ".backup_20260131T120001Z.zip.claim",
      backup: file,
      foreign: ".notes.partial",
      foreignOld: `.notes.zip.${UUID}.partial`,
    };
    const old = new Date(Date.now() - HOUR - 1000);
    for (const [what, name] of Object.entries({ ...gone, ...stays })) {
      await writeFile(path.join(folder, name), "half, with a Secret");
      if (what.endsWith("Old") || what === "backup") await utimes(path.join(folder, name), old, old);
    }
    // Whatever else has such a name is not a file that this program wrote.
    const strange = [`.backup_20260131T120002Z.zip.claim`, `.backup_20260131T120003Z.zip.claim`];
    await mkdir(path.join(folder, strange[0] ?? ""));
    await symlink("nowhere", path.join(folder, strange[1] ?? ""));
    const store = new FileStore({ folder, now: () => new Date(Date.now() + 1000) });
    assert.deepEqual((await store.sweep(signal)).sort(), Object.values(gone).sort());
    assert.deepEqual((await readdir(folder)).sort(), [...Object.values(stays), ...strange].sort());
    assert.deepEqual(await store.sweep(signal), []);
  });

  test("a backup that is written meanwhile is not disturbed", async (t) => {
    const folder = await mkdtemp(path.join(tmpdir(), "left-overs-"));
    t.after(() => rm(folder, { recursive: true }));
    const later = () => new Date(Date.now() + 24 * HOUR);
    const [writing, other] = [new FileStore({ folder }), new FileStore({ folder, now: later })];
    const content = async function* () {
      yield bytesOf(MIB, "first");
      assert.deepEqual(await other.sweep(signal), []);
      yield bytesOf(MIB, "second");
    };
    await writing.put(NAME, content(), signal);
    assert.deepEqual(await readdir(folder), [`${NAME}.zip`]);
  });

  test("a folder that is missing has nothing left in it", async () => {
    assert.deepEqual(await new FileStore({ folder: "/nowhere/backups" }).sweep(signal), []);
  });
});

for (const [name, start] of [
  ["MinIO", startMinio],
  ["the Versity gateway", startVersitygw],
] as const) {
  test(`On ${name} goes an upload of which nothing has come for an hour, and nobody else's`, async (t) => {
    const server = await start();
    t.after(() => server.stop());
    await server.createBucket(BUCKET);
    const proxy = await startS3Proxy(server.port);
    t.after(() => proxy.stop());
    const place = "clusters/blue";

    /** Begins an upload, as a process that is killed leaves it; gives a function that sends a part. */
    const begin = async (Key: string) => {
      const { UploadId } = await server.client.send(
        new CreateMultipartUploadCommand({ Bucket: BUCKET, Key }),
      );
      return async (PartNumber: number) => {
        const part = { Bucket: BUCKET, Key, UploadId, PartNumber };
        await server.client.send(new UploadPartCommand({ ...part, Body: "half" }));
      };
    };
    const started = Date.now();
    const [archive, check] = [`${place}/${NAME}.zip`, `${place}/backup_access-check-parts`];
    const sendPart = await begin(archive);
    const others = [`${place}/notes.zip`, `${place}/old/${NAME}.zip`, `${place}2/${NAME}.zip`];
    for (const key of [check, ...others]) await begin(key);
    await sendPart(1);
    await sleep(3500);
    await sendPart(2);
    const sent = Date.now();

    // A server that tells no time, so that this machine's clock is believed, which can be set.
    proxy.fault = () => ({ alter: ({ headers }) => ({ headers: { ...headers, date: "unknown" } }) });

    /** What is swept an hour after a moment. */
    const sweptAt = async (moment: number) => {
      const store = await openOn(server, place, {
        endpoint: proxy.endpoint,
        now: () => new Date(moment + HOUR),
      });
      return await store.sweep(signal).finally(() => store.close());
    };
    assert.deepEqual(await sweptAt(started - HOUR), []);
    // Begun long ago, and the latest part has just come: a large cluster takes long.
    assert.deepEqual(await sweptAt(sent - 1500), [check]);
    assert.deepEqual(await sweptAt(sent + 3000), [archive]);
    const left = (await server.client.send(new ListMultipartUploadsCommand({ Bucket: BUCKET }))).Uploads;
    assert.deepEqual(left?.map(({ Key }) => Key).sort(), others.sort());
  });
}

test("Who may not list uploads, or give them up, is told at debug level, and nothing fails", async (t) => {
  const minio = await startMinio();
  t.after(() => minio.stop());
  await minio.createBucket(BUCKET);
  const denied = await sessionWith(minio, [
    { Effect: "Allow", Action: ["s3:ListBucket", "s3:GetObject"], Resource: ["arn:aws:s3:::*"] },
  ]);
  const told: unknown[] = [];
  const log = {
    debug: (fields: object, message: string) => told.push([fields, message]),
    warn: () => assert.fail("a warning"),
  };
  const store = await openOn(minio, "blue", { credentials: denied, log });
  assert.deepEqual(await store.sweep(signal), []);
  assert.deepEqual(told, [
    [
      { reason: "access denied (AccessDenied: Access Denied.)", denied: true },
      "Uploads that killed processes have left behind are not removed",
    ],
  ]);
  await store.close();
});

test("An upload is given up again until the server knows it no more: a part may have come after the first time", async (t) => {
  const minio = await startMinio();
  t.after(() => minio.stop());
  await minio.createBucket(BUCKET);
  const proxy = await startS3Proxy(minio.port);
  t.after(() => proxy.stop());
  let given = 0;
  proxy.fault = ({ method, url }) => {
    if (method !== "DELETE" || !url.includes("uploadId=")) return undefined;
    given += 1;
    // As if the parts had come back.
    return given === 1 ? { status: 204, body: "" } : undefined;
  };
  const store = await openOn(minio, "again", { endpoint: proxy.endpoint });
  const content = async function* () {
    yield* streamOf(bytesOf(11 * MIB, "x"));
    throw new Error("the cluster has gone");
  };
  await assert.rejects(store.put(NAME, content(), signal), /the cluster has gone/);
  await store.close();
  assert.deepEqual(await unfinishedUploads(minio, "again"), []);
  assert.equal(given, 3);
});

describe("An upload that is aborted over a line so slow that every request takes 3 seconds", {
  concurrency: true,
}, () => {
  let minio: S3Server;
  before(async () => {
    minio = await startMinio();
    await minio.createBucket(BUCKET);
  });
  after(() => minio?.stop());
  const isBeginning = (method: string, url: string) => method === "POST" && url.includes("?uploads");
  const isPart = (method: string, url: string) => method === "PUT" && url.includes("partNumber=");
  const isEnd = (method: string, url: string) => method === "POST" && url.includes("uploadId=");
  for (const [what, is] of Object.entries({
    "while it begins": isBeginning,
    "while a part is sent": isPart,
    "while it ends": isEnd,
  })) {
    test(`${what} leaves no parts, and is done within 30 seconds`, async (t) => {
      const place = what.replaceAll(" ", "-");
      const proxy = await startS3Proxy(minio.port);
      t.after(() => proxy.stop());
      const stop = new AbortController();
      const reason = new Error("told to end");
      let aborted = 0;
      proxy.fault = ({ method, url }) => {
        if (aborted === 0 && is(method, url)) {
          aborted = Date.now();
          // After the request has left, and before it arrives.
          setTimeout(() => stop.abort(reason), 100);
        }
        return { delay: aborted === 0 ? 0 : 3000 };
      };
      const store = await openOn(minio, place, { endpoint: proxy.endpoint });
      const put = store.put(NAME, streamOf(bytesOf(11 * MIB, "x")), stop.signal);
      await put.catch((error: unknown) => assert.equal(error, reason));
      assert.ok(Date.now() - aborted < 30_000, `${Date.now() - aborted} ms`);
      t.diagnostic(`${Date.now() - aborted} ms`);
      await store.close();
      // A part that was under way may still arrive, and finds no upload.
      await sleep(3500);
      assert.deepEqual(await unfinishedUploads(minio, place), []);
    });
  }
});
