/** Writers at full speed, and the change log beside them: every moment is the state at one resource version. */

import assert from "node:assert/strict";
import process from "node:process";
import { after, before, type TestContext, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { parsePackName } from "../../../src/change-log/format/pack-name.ts";
import { openMoment } from "../../../src/change-log/replay/open-moment.ts";
import type { ApiClient } from "../../../src/cluster/requests/api-client.ts";
import type { Store } from "../../../src/store/contract/store.ts";
import { randomMoments, readMoments, wrongMoments } from "../../support/change-log/check-moments.ts";
import { type Recording, type RecordOptions, startRecording } from "../../support/change-log/record.ts";
import { startWriters, WRITTEN_KINDS } from "../../support/change-log/writers.ts";
import { type ControlPlane, startControlPlane } from "../../support/cluster/control-plane.ts";
import { openClient, restore } from "../../support/engine/engine.ts";
import { type ApiProxy, startApiProxy } from "../../support/faults/api-proxy.ts";
import { NEVER } from "../../support/samples/sample-archive.ts";
import { startMinio } from "../../support/servers/minio.ts";
import type { S3Server } from "../../support/servers/s3-server.ts";
import { until } from "../../support/until.ts";
import { BUCKET, openOn } from "../store/s3-fixture.ts";

/** How long the writers write, in seconds; a number in place of the full size gives another one. */
const SIZE = process.env["SIZE"] ?? "";
const SECONDS = SIZE === "full" ? 1_200 : Number(SIZE) || 12;
const MOMENTS = Math.min(1_000, SECONDS * 5);
/** How often a backup is taken meanwhile, in seconds. */
const BACKUP_EVERY = Math.max(6, Math.min(60, SECONDS / 4));
const RESTORES = Math.min(20, Math.ceil(SECONDS / 6));
const NAMESPACES = ["any-a", "any-b"];

let cluster: ControlPlane;
let proxy: ApiProxy;
let client: ApiClient;
let minio: S3Server;

before(async () => {
  [cluster, minio] = await Promise.all([startControlPlane(), startMinio()]);
  await minio.createBucket(BUCKET);
  proxy = await startApiProxy(cluster);
  client = await openClient(proxy);
  for (const name of NAMESPACES) await cluster.request("POST", "/api/v1/namespaces", { metadata: { name } });
});

after(async () => {
  await client?.close();
  await proxy?.stop();
  await Promise.all([cluster?.stop(), minio?.stop()]);
});

/** A recorder into a place of its own in the bucket; both end with the test. */
async function record(
  t: TestContext,
  place: string,
  options: Partial<RecordOptions> = {},
): Promise<Recording & { store: Store }> {
  const store = await openOn(minio, place);
  const recording = await startRecording({ client, store, ...options });
  t.after(async () => {
    await recording.stop();
    await store.close();
  });
  return { ...recording, store };
}

/** Whether a request is a watch of a kind: one of minutes, or one that proves something. */
function isWatch(kind: string, { proof }: { proof: boolean }) {
  return (request: { path: string; query: URLSearchParams }) => {
    const seconds = Number(request.query.get("timeoutSeconds") ?? 0);
    return request.path === `/api/v1/${kind}` && (proof ? seconds > 0 && seconds <= 3 : seconds > 3);
  };
}

/** One watch breaks off again and again, and one stops without a word: nothing tells its client that events are missing. */
function breakWatches(t: TestContext): void {
  const cut = { kind: "cut", afterBytes: 20_000 } as const;
  const stall = { kind: "stall", afterBytes: 10_000 } as const;
  for (const [kind, fault] of [
    ["configmaps", cut],
    ["secrets", stall],
  ] as const)
    t.after(proxy.inject({ when: isWatch(kind, { proof: false }), fault }));
}

async function isRolledUp({ segments }: Store): Promise<boolean> {
  for await (const timeline of segments.timelines(NEVER))
    for await (const { place } of segments.list(timeline, {}, NEVER))
      if (parsePackName(place.file) !== undefined) return true;
  return false;
}

/** Writers for some seconds, with backups beside them or one alone; what was done, and when. */
async function write(
  { back }: Recording,
  { seconds, backsUp = true }: { seconds: number; backsUp?: boolean },
) {
  await back();
  const writers = startWriters({ request: cluster.request, namespaces: NAMESPACES });
  const started = Date.now();
  for (const end = started + seconds * 1_000; Date.now() < end; ) {
    await sleep(Math.min(BACKUP_EVERY * 1_000, end - Date.now()));
    if (backsUp && Date.now() < end) await back();
  }
  await writers.stop();
  for (const name of NAMESPACES)
    for (const kind of WRITTEN_KINDS)
      await cluster.kubectl(["delete", kind, "--all", "-n", name, "--wait=false"]);
  const all = [...writers.written.values()].flat();
  return { writers, writes: all.length, started, last: Math.max(...all.map(({ answered }) => answered)) };
}

test("every moment that is certain is the state at one resource version", async (t) => {
  breakWatches(t);
  const recording = await record(t, "moments");
  const { writers, writes, started, last } = await write(recording, { seconds: SECONDS });
  await until("all is certain", () => (recording.recorder.certain?.getTime() ?? 0) >= last);
  assert.doesNotMatch(recording.text(), /"level":"(warn|error)"/);
  assert.ok(await isRolledUp(recording.store), "segments were packed meanwhile");

  const moments = randomMoments(MOMENTS, started, last);
  const { readings, refusals } = await readMoments(recording.store, moments, NAMESPACES);
  assert.deepEqual([...refusals], []);
  assert.deepEqual(wrongMoments(readings, writers, { late: 5_000 }), []);
  assert.ok(new Set(readings.map(({ base }) => base)).size >= 2, "all backups are bases");
  assert.ok(writes > SECONDS * 15, `${writes} writes`);
  t.diagnostic(`${SECONDS} s, ${writes} writes, ${readings.length} moments`);

  const other = await startControlPlane();
  const otherClient = await openClient(other);
  t.after(async () => {
    await otherClient.close();
    await other.stop();
  });
  for (const [index, { moment, values }] of readings.slice(0, RESTORES).entries()) {
    const opened = await openMoment({ store: recording.store, moment }, NEVER);
    assert.ok(opened);
    const namespaceMapping = new Map(NAMESPACES.map((name) => [name, `${name}-${index}`]));
    await restore({ client: otherClient, archive: opened.archive, namespaceMapping });
    const restored = new Map<string, string>();
    for (const name of NAMESPACES)
      for (const kind of WRITTEN_KINDS) {
        const { items } = await other.request("GET", `/api/v1/namespaces/${name}-${index}/${kind}`);
        for (const { metadata } of items) {
          const value = metadata.annotations?.value;
          if (value !== undefined) restored.set(`${kind} ${name}/${metadata.name}`, value);
        }
      }
    assert.deepEqual([...restored].sort(), [...values].sort(), moment.toISOString());
  }
  t.diagnostic(`${RESTORES} restores into another cluster`);
});

test("without the proof, moments are wrong: the same comparison finds them", async (t) => {
  breakWatches(t);
  const recording = await record(t, "unproven", {
    // What has come by now counts as everything.
    prove: async ({ now }) => {
      const asked = now();
      const { metadata } = await cluster.request("GET", "/api/v1/namespaces?limit=1");
      return { revision: metadata.resourceVersion, isNewest: true, asked, answered: now() };
    },
  });
  const { writers, started } = await write(recording, { seconds: 8, backsUp: false });
  const until = recording.recorder.certain?.getTime() ?? 0;
  const { readings } = await readMoments(recording.store, randomMoments(40, started, until), NAMESPACES);
  const wrong = wrongMoments(readings, writers, { late: 5_000 });
  assert.ok(wrong.length > 5, `${wrong.length} of ${readings.length} are wrong`);
  t.diagnostic(`${wrong.length} wrong of ${readings.length} moments`);
});

test("nothing is certain while a watch brings nothing, whatever the others bring", async (t) => {
  const { recorder, store, back } = await record(t, "silent");
  const empty = { kind: "answer", status: 200, body: "" } as const;
  const faults = [true, false].map((proof) =>
    proxy.inject({ when: isWatch("configmaps", { proof }), fault: empty }),
  );
  await back();
  const [namespace] = NAMESPACES;
  const create = (kind: string, name: string) =>
    cluster.request("POST", `/api/v1/namespaces/${namespace}/${kind}`, {
      metadata: { name, annotations: { value: "silent" } },
    });
  await create("configmaps", "silent");
  const written = Date.now();
  await create("secrets", "silent");
  await sleep(8_000);
  assert.ok((recorder.certain?.getTime() ?? 0) <= written);
  for (const end of faults) end();
  await create("secrets", "later");
  await until("it is certain", () => (recorder.certain?.getTime() ?? 0) > written);
  const { readings } = await readMoments(store, [recorder.certain as Date], NAMESPACES);
  assert.equal(readings[0]?.values.get(`configmaps ${namespace}/silent`), "silent");
});
