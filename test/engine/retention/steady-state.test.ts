/** What pruning reads of a store: all that justifies removals once, and then nothing more. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { judgmentOfManifest } from "../../../src/retention/archive-judge.ts";
import { KnownBackups } from "../../../src/retention/known-backups.ts";
import { pruneAfterBackup } from "../../../src/retention/prune-after-backup.ts";
import { backupName } from "../../../src/store/contract/backup-name.ts";
import type { Store } from "../../../src/store/contract/store.ts";
import { createLog } from "../../../src/terminal/log/log.ts";
import { type S3Proxy, startS3Proxy } from "../../support/faults/s3-proxy.ts";
import { sampleObjects, writeSample } from "../../support/samples/sample-archive.ts";
import { hoursAgo } from "../../support/samples/sample-backups.ts";
import { startMinio } from "../../support/servers/minio.ts";
import type { S3Server } from "../../support/servers/s3-server.ts";
import { streamOf } from "../store/bytes.ts";
import { BUCKET, openOn } from "../store/s3-fixture.ts";

const { signal } = new AbortController();
const START = hoursAgo(0).getTime();
/** So many hours before the start of the test. */
const at = (hours: number) => new Date(START - hours * 3_600_000);

let minio: S3Server;
let proxy: S3Proxy;
let store: Store;

before(async () => {
  minio = await startMinio();
  await minio.createBucket(BUCKET);
  proxy = await startS3Proxy(minio.port);
  store = await openOn(minio, "blue", { endpoint: proxy.endpoint });
});
after(async () => {
  await store?.close();
  await proxy?.stop();
  await minio?.stop();
});

async function put(hours: number) {
  const time = at(hours);
  const { bytes, manifest } = await writeSample(sampleObjects(), { time });
  const name = backupName(time);
  const { etag } = await store.put(name, streamOf(bytes), signal);
  return { name, etag, manifest };
}

test("a loop that prunes after each backup reads what was there before once, and its own never", async () => {
  for (const hours of [90, 80, 70, 60]) await put(hours);
  let text = "";
  const stream = { write: (line: string) => (text += line) };
  const now = () => new Date();
  const log = await createLog({ stream, readable: false, colors: false, debug: false, now });
  const known = new KnownBackups();
  const policy = { rules: { last: 3 }, minAge: 0 };

  /** Stores one as the loop does, prunes, and gives the names of the backups of which bytes were read, but for a look before a removal. */
  const round = async (hours: number): Promise<string[]> => {
    const { name, etag, manifest } = await put(hours);
    known.set({ name, etag }, judgmentOfManifest(manifest), { checked: true });
    proxy.requests.length = 0;
    await pruneAfterBackup({ store, policy, known, now, log }, signal);
    const read = proxy.requests
      .filter(
        ({ method, headers }) =>
          method === "GET" && headers.range !== undefined && headers.range !== "bytes=0-0",
      )
      .map(({ url }) => /backup_\w+/.exec(url)?.[0] ?? "");
    return [...new Set(read)].sort();
  };
  const names = (...hours: number[]) => hours.map((each) => backupName(at(each))).sort();
  const listed = async () => (await Array.fromAsync(store.list({}, signal))).map(({ name }) => name);

  assert.deepEqual(await round(50), names(90, 80, 70, 60), "what it did not store itself");
  assert.deepEqual(await listed(), names(70, 60, 50));
  for (const hours of [40, 30, 20, 10]) assert.deepEqual(await round(hours), [], `after ${hours}`);
  assert.deepEqual(await listed(), names(30, 20, 10));
  assert.match(text, /"msg":"Backups removed"/);
  assert.doesNotMatch(text, /"level":"(warn|error)"/);
});
