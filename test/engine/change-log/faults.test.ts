/** What breaks a change log, or must not: a store that is away, an API server that restarts, a clock that is set back. */

import assert from "node:assert/strict";
import { after, before, type TestContext, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { parseTimeline } from "../../../src/change-log/format/segment-name.ts";
import { listSegments } from "../../../src/change-log/replay/list-segments.ts";
import { readSegments } from "../../../src/change-log/replay/read-segments.ts";
import { SegmentReader } from "../../../src/change-log/replay/segment-reader.ts";
import type { ApiClient } from "../../../src/cluster/requests/api-client.ts";
import { compareRevisions } from "../../../src/kubernetes/revision.ts";
import type { Store } from "../../../src/store/contract/store.ts";
import {
  randomMoments,
  readMoment,
  readMoments,
  wrongMoments,
} from "../../support/change-log/check-moments.ts";
import { type Recording, type RecordOptions, startRecording } from "../../support/change-log/record.ts";
import { startWriters, type Writers } from "../../support/change-log/writers.ts";
import { type ControlPlane, startControlPlane } from "../../support/cluster/control-plane.ts";
import { openClient } from "../../support/engine/engine.ts";
import { type ApiProxy, startApiProxy } from "../../support/faults/api-proxy.ts";
import { type S3Proxy, startS3Proxy } from "../../support/faults/s3-proxy.ts";
import { NEVER } from "../../support/samples/sample-archive.ts";
import { startMinio } from "../../support/servers/minio.ts";
import type { S3Server } from "../../support/servers/s3-server.ts";
import { until } from "../../support/until.ts";
import { BUCKET, openOn } from "../store/s3-fixture.ts";

const NAMESPACES = ["fault-a", "fault-b"];
const CONFIG_MAPS = `/api/v1/namespaces/${NAMESPACES[0]}/configmaps`;

let cluster: ControlPlane;
let proxy: ApiProxy;
let client: ApiClient;
let minio: S3Server;
let s3: S3Proxy;

before(async () => {
  [cluster, minio] = await Promise.all([startControlPlane(), startMinio()]);
  await minio.createBucket(BUCKET);
  [proxy, s3] = await Promise.all([startApiProxy(cluster), startS3Proxy(minio.port)]);
  client = await openClient(proxy);
  for (const name of NAMESPACES) await cluster.request("POST", "/api/v1/namespaces", { metadata: { name } });
});

after(async () => {
  await client?.close();
  await Promise.all([proxy?.stop(), s3?.stop()]);
  await Promise.all([cluster?.stop(), minio?.stop()]);
});

/** A recorder that records into a place of its own; both end with the test. */
async function record(
  t: TestContext,
  place: string,
  options: Partial<RecordOptions> = {},
): Promise<Recording & { store: Store }> {
  const store = await openOn(minio, place, { endpoint: s3.endpoint });
  const recording = await startRecording({ client, store, ...options });
  t.after(async () => {
    s3.fault = undefined;
    await recording.stop();
    await store.close();
    for (const name of NAMESPACES)
      for (const kind of ["configmaps", "secrets", "services"])
        await cluster.kubectl(["delete", kind, "--all", "-n", name, "--wait=false"]);
  });
  await recording.back();
  return { ...recording, store };
}

/** Writers with a pause after each write, in milliseconds; they end with the test. */
function write(t: TestContext, pause: number): Writers {
  const writers = startWriters({ request: cluster.request, namespaces: NAMESPACES, pause });
  t.after(() => writers.stop());
  return writers;
}

/** Creates ConfigMaps of 250 KB. */
async function createLarge(count: number, prefix: string): Promise<void> {
  const data = { text: "x".repeat(250_000) };
  for (let index = 0; index < count; index += 1)
    await cluster.request("POST", CONFIG_MAPS, { metadata: { name: `${prefix}-${index}` }, data });
}

/** Whether a request to the store writes a segment. */
function isSegment({ method, url }: { method: string; url: string }): boolean {
  return method === "PUT" && url.includes("/log/");
}

/** How often a timeline began, and why each ended. */
function endsOf(recording: Recording): { begun: number; because: string[] } {
  const lines = recording
    .text()
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line));
  const ends = lines.filter(({ msg }) => String(msg).startsWith("Change log ends"));
  const begun = lines.filter(({ msg }) => msg === "Change log begins").length;
  return { begun, because: ends.map(({ because }) => String(because)) };
}

/** Waits until another timeline has begun. */
async function untilBegun(recording: Recording, count: number): Promise<void> {
  await until(`timeline ${count} has begun`, () => endsOf(recording).begun >= count, { timeoutMs: 60_000 });
}

test("a store that fails between two segments of one flush loses no change", async (t) => {
  const recording = await record(t, "between", { flushEvery: 3_000 });
  let puts = 0;
  const end = Date.now() + 12_000;
  s3.fault = (request) => {
    if (!isSegment(request) || Date.now() > end) return undefined;
    puts += 1;
    return puts === 1 ? undefined : { status: 503, body: "" };
  };
  await createLarge(48, "between");
  const written = Date.now();
  await until("all is certain", () => (recording.recorder.certain?.getTime() ?? 0) > written, {
    timeoutMs: 120_000,
  });
  assert.ok(puts > 1, "it has failed");
  // A backup is compared with all that was recorded.
  await recording.back();
  assert.deepEqual(endsOf(recording), { begun: 1, because: [] });
  const [reading] = (await readMoments(recording.store, [new Date(written)], NAMESPACES)).readings;
  assert.ok(reading);
});

test("what waits for a store that is away is bounded, and then there is a gap, which is told", async (t) => {
  const recording = await record(t, "away", { maxPendingBytes: 2e6, backsUp: true });
  const covered = new Date();
  await createLarge(1, "before");
  await until("it is certain", () => (recording.recorder.certain?.getTime() ?? 0) > covered.getTime());
  s3.fault = (request) => (request.method === "PUT" ? { status: 503, body: "" } : undefined);
  await createLarge(20, "away");
  await until("it ends", () => endsOf(recording).because.length > 0, { timeoutMs: 60_000 });
  assert.match(endsOf(recording).because[0] ?? "", /more changes wait for the store than may be in memory/);
  const inGap = new Date();
  await sleep(500);
  s3.fault = undefined;
  await untilBegun(recording, 2);
  const begun = new Date();
  await createLarge(1, "later");
  await until("it is certain", () => (recording.recorder.certain?.getTime() ?? 0) > begun.getTime());
  assert.equal(await readMoment(recording.store, inGap, NAMESPACES), "gap");
  assert.notEqual(typeof (await readMoment(recording.store, covered, NAMESPACES)), "string");
  assert.notEqual(typeof (await readMoment(recording.store, begun, NAMESPACES)), "string");
});

test("changes that come faster than the store takes them end in a gap too, and in nothing worse", async (t) => {
  const recording = await record(t, "slow", { maxPendingBytes: 3e6, backsUp: true });
  s3.fault = (request) => (isSegment(request) ? { delay: 6_000 } : undefined);
  await createLarge(40, "slow");
  await until("it ends", () => endsOf(recording).because.length > 0, { timeoutMs: 60_000 });
  assert.match(endsOf(recording).because[0] ?? "", /more changes wait for the store than may be in memory/);
  s3.fault = undefined;
  await untilBegun(recording, 2);
});

test("an API server that forgets what was between makes a gap, and a watch that breaks makes none", async (t) => {
  const isConfigMaps = ({ path, query }: { path: string; query: URLSearchParams }) =>
    path === "/api/v1/configmaps" && Number(query.get("timeoutSeconds")) > 3;
  const seen = proxy.requests.length;
  const heal = proxy.inject({ when: isConfigMaps, fault: { kind: "cut", afterBytes: 20_000 } });
  t.after(heal);
  const recording = await record(t, "forgets", { backsUp: true });
  const writers = write(t, 5);
  const started = Date.now();
  await sleep(8_000);
  heal();
  const versions = proxy.requests
    .slice(seen)
    .filter(isConfigMaps)
    .map(({ query }) => query.get("resourceVersion") ?? "");
  assert.ok(versions.length > 2, `${versions.length} watches`);
  // From the last event on, and not from where the broken one began.
  for (const [index, version] of versions.entries())
    if (index > 0) assert.ok(compareRevisions(version, versions[index - 1] ?? "") > 0, versions.join(" "));
  assert.deepEqual(endsOf(recording).because, []);

  const away = proxy.inject({ when: () => true, fault: { kind: "cut" } });
  await cluster.stopApiServer();
  await cluster.startApiServer();
  await sleep(1_000);
  away();
  await untilBegun(recording, 2);
  await sleep(2_000);
  await writers.stop();
  const last = Date.now();
  await cluster.request("POST", CONFIG_MAPS, { metadata: { name: "last" } });
  await until("it is certain", () => (recording.recorder.certain?.getTime() ?? 0) > last);
  assert.match(endsOf(recording).because.join(), /the API server no longer has all events/);
  const moments = randomMoments(60, started, last);
  const { readings, refusals } = await readMoments(recording.store, moments, NAMESPACES);
  assert.deepEqual(wrongMoments(readings, writers, { late: 20_000 }), []);
  assert.deepEqual([...refusals.keys()], ["gap"]);
  assert.ok(readings.length > 10, `${readings.length} moments`);
});

test("what is read once more after a broken connection, and is not what had come, ends the timeline", async (t) => {
  const isWatch = ({ path, query }: { path: string; query: URLSearchParams }, proof: boolean) =>
    path === "/api/v1/configmaps" && query.has("watch") && Number(query.get("timeoutSeconds")) <= 3 === proof;
  const heal = [
    // The connection fails once the first events have come.
    proxy.inject({ when: (each) => isWatch(each, false), fault: { kind: "cut", afterBytes: 2_500 } }),
    // The API server behind the next one knows nothing of an object that was there.
    proxy.inject({
      when: (each) => isWatch(each, true),
      fault: {
        kind: "rewrite",
        rewrite: (body) =>
          body
            .split("\n")
            .filter((line) => !line.includes('"again-0"'))
            .join("\n"),
      },
    }),
  ];
  t.after(() => {
    for (const each of heal) each();
  });
  const recording = await record(t, "again", { flushEvery: 3_000 });
  for (let index = 0; index < 12; index += 1)
    await cluster.request("POST", CONFIG_MAPS, {
      metadata: { name: `again-${index}` },
      data: { v: "x".repeat(500) },
    });
  await until("it ends", () => endsOf(recording).because.length > 0);
  assert.match(endsOf(recording).because.join(), /the cluster was set back to an earlier state/);
});

test("a clock that is set back begins another timeline, and what both have told is refused", async (t) => {
  let offset = 0;
  const now = () => new Date(Date.now() + offset);
  const recording = await record(t, "clock", { now, backsUp: true });
  const writers = write(t, 10);
  const started = now().getTime();
  await sleep(6_000);
  // A small step: the names and the records stand still meanwhile.
  offset -= 3_000;
  await sleep(8_000);
  assert.deepEqual(endsOf(recording), { begun: 1, because: [] });
  const before = now().getTime();
  // More than what a busy machine needs to begin another timeline.
  offset -= 20_000;
  await untilBegun(recording, 2);
  const begun = now().getTime();
  await until("the clock is where it was", () => now().getTime() > before + 3_000);
  await writers.stop();
  const last = now().getTime();
  await until("it is certain", () => (recording.recorder.certain?.getTime() ?? 0) >= last - 1_500);
  assert.match(endsOf(recording).because.join(), /the clock of this machine was set back/);

  const moments = randomMoments(100, Math.min(started, begun), last - 1_500);
  const { readings, refusals } = await readMoments(recording.store, moments, NAMESPACES);
  assert.deepEqual(wrongMoments(readings, writers, { late: Infinity, early: Infinity }), []);
  assert.ok(readings.length > 20, `${readings.length} moments`);
  assert.ok(begun < before, "the clock was set back");
  assert.ok((refusals.get("two") ?? 0) > 0, "both cover a part");
  await inOrderOfTime(recording.store);
});

test("two change logs beside each other are said, and what both cover is refused", async (t) => {
  const recording = await record(t, "beside");
  const other = await startRecording({ client, store: recording.store });
  t.after(() => other.stop());
  await sleep(1_100);
  await other.back();
  const began = new Date();
  await cluster.request("POST", CONFIG_MAPS, { metadata: { name: "beside" } });
  for (const each of [recording, other])
    await until("it is certain", () => (each.recorder.certain ?? began) > began);
  await sleep(1_100);
  await recording.back();
  await sleep(1_100);
  await other.back();
  for (const each of [recording, other])
    assert.equal(each.text().match(/Another kube-backup writes a change log to the same place/g)?.length, 1);
  assert.equal(await readMoment(recording.store, new Date(began.getTime() + 1), NAMESPACES), "two");
});

/** Asserts that the names and the records of each timeline are in the order of time. */
async function inOrderOfTime(store: Store): Promise<void> {
  const reader = new SegmentReader(store);
  for await (const timeline of store.segments.timelines(NEVER)) {
    const planned = await listSegments(reader, { timeline }, NEVER);
    assert.deepEqual(
      planned.map(({ number }) => number),
      planned.map((_, index) => index),
      "by their names, the segments are in the order in which they were written",
    );
    const times: string[] = [];
    for await (const { records } of readSegments(reader, planned, NEVER))
      times.push(...records.map(({ time }) => time));
    assert.deepEqual(times, times.toSorted());
    assert.ok(times.length > 0 && parseTimeline(timeline) !== undefined);
  }
}
