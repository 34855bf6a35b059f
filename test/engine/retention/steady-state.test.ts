/** What pruning reads of a store: all that justifies removals once, and then nothing more. */

import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { after, before, test } from "node:test";
import { judgmentOfManifest } from "../../../src/retention/archive-judge.ts";
import { KnownBackups } from "../../../src/retention/known-backups.ts";
import { pruneAfterBackup } from "../../../src/retention/prune-after-backup.ts";
import { backupName } from "../../../src/store/contract/backup-name.ts";
import type { Store } from "../../../src/store/contract/store.ts";
import { tagsPlace } from "../../../src/tags/read-tag-list.ts";
import { StoredTags } from "../../../src/tags/stored-tags.ts";
import { formatTagList } from "../../../src/tags/tag-list.ts";
import { createLog } from "../../../src/terminal/log/log.ts";
import { type S3Proxy, startS3Proxy } from "../../support/faults/s3-proxy.ts";
import { sampleObjects, writeSample } from "../../support/samples/sample-archive.ts";
import { backupBytes, hoursAgo, type SampleFacts } from "../../support/samples/sample-backups.ts";
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
  const tags = new StoredTags({ store, signers: undefined, now, log });
  const policy = { rules: { last: 3 }, minAge: 0 };

  /** Stores one as the loop does, prunes, and gives the names of the backups of which bytes were read, but for a look before a removal. */
  const round = async (hours: number): Promise<string[]> => {
    const { name, etag, manifest } = await put(hours);
    known.set({ name, etag }, judgmentOfManifest(manifest), { checked: true });
    proxy.requests.length = 0;
    await pruneAfterBackup({ store, policy, known, tags, now, log }, signal);
    const read = proxy.requests
      .filter(({ method, url, headers }) => {
        const isArchive = /backup_\w+\.zip/.test(url);
        return method === "GET" && isArchive && headers.range !== undefined && headers.range !== "bytes=0-0";
      })
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

test("a loop keeps what is tagged, also what is tagged while it runs, and lists the tags alone for it", async () => {
  const beside = await openOn(minio, "green", { endpoint: proxy.endpoint });
  try {
    const put = async (hours: number, facts: SampleFacts = {}) => {
      const bytes = await backupBytes(at(hours), 4, facts);
      const name = backupName(at(hours));
      await beside.put(name, streamOf(bytes), signal);
      return name;
    };
    const given = await put(90, { tags: ["keep"] });
    const later = await put(80);
    for (const hours of [70, 60, 50]) await put(hours);
    const now = () => new Date();
    const log = await createLog({
      ...{ stream: { write: () => undefined }, readable: false, colors: false, debug: false, now },
    });
    const known = new KnownBackups();
    const tags = new StoredTags({ store: beside, signers: undefined, now, log });
    const policy = { rules: { last: 1 }, keepTags: ["release"], minAge: 0 };
    const tag = async (name: string, ...of: string[]) => {
      const list = { backup: name, sha256: "0".repeat(64), time: "2026-01-01T00:00:00Z", tags: of };
      await beside.beside.replace(tagsPlace(name), Buffer.from(formatTagList(list, undefined)), signal);
    };
    const round = async (): Promise<string[]> => {
      proxy.requests.length = 0;
      await pruneAfterBackup({ store: beside, policy, known, tags, now, log }, signal);
      return (await Array.fromAsync(beside.list({}, signal))).map(({ name }) => name);
    };
    await tag(later, "release", "x");
    const newest = backupName(at(50));
    assert.deepEqual(await round(), [given, later, newest]);
    // From then on nothing is to go but what tags keep.
    assert.deepEqual(await round(), [given, later, newest]);
    const urls = proxy.requests.filter(({ method }) => method === "GET").map(({ url }) => url);
    assert.equal(urls.filter((url) => /prefix=[^&]*tags/.test(url)).length, 1);
    assert.deepEqual(
      urls.filter((url) => /backup_\w+\.zip/.test(url)),
      [],
      "no archive is opened",
    );
    await beside.beside.remove(tagsPlace(later), signal);
    assert.deepEqual(await round(), [given, newest]);
  } finally {
    await beside.close();
  }
});
