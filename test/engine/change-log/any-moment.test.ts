/** Writers at full speed, and the change log beside them: every moment is the state at one resource version. */

import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, type TestContext, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { Archive } from "../../../src/archive/reader.ts";
import { takeBackup } from "../../../src/backup/take-backup.ts";
import { followBackup } from "../../../src/change-log/recording/follow-backup.ts";
import { ChangeRecorder } from "../../../src/change-log/recording/recorder.ts";
import { openMoment } from "../../../src/change-log/replay/open-moment.ts";
import type { ApiClient } from "../../../src/cluster/requests/api-client.ts";
import { compareRevisions } from "../../../src/kubernetes/revision.ts";
import { FileStore } from "../../../src/store/folder/file-store.ts";
import { createLog } from "../../../src/terminal/log/log.ts";
import { type ControlPlane, startControlPlane } from "../../support/cluster/control-plane.ts";
import { openClient } from "../../support/engine/engine.ts";
import { type ApiProxy, startApiProxy } from "../../support/faults/api-proxy.ts";
import { NEVER } from "../../support/samples/sample-archive.ts";
import { until } from "../../support/until.ts";

/** How long the writers write, in seconds. */
const SECONDS = 12;
const MOMENTS = 60;
const NAMESPACES = ["any-a", "any-b"];
const KINDS = ["configmaps", "secrets", "services"] as const;

let cluster: ControlPlane;
let proxy: ApiProxy;
let client: ApiClient;
let folder: string;
let text = "";

before(async () => {
  cluster = await startControlPlane();
  proxy = await startApiProxy(cluster);
  client = await openClient(proxy);
  folder = await mkdtemp(path.join(tmpdir(), "kube-backup-log-"));
  for (const name of NAMESPACES) await cluster.request("POST", "/api/v1/namespaces", { metadata: { name } });
});

after(async () => {
  await client?.close();
  await proxy?.stop();
  await cluster?.stop();
  await rm(folder, { recursive: true, force: true });
});

/** What a writer did, by the API server's answers. */
interface Written {
  revision: string;
  key: string;
  /** Undefined where it was deleted. */
  value: string | undefined;
  answered: number;
}

/** Creates, updates and deletes objects of one kind until the time is over. */
async function write(
  kind: (typeof KINDS)[number],
  seed: number,
  end: number,
  written: Written[],
): Promise<void> {
  let state = seed;
  const random = () => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return state / 2 ** 31;
  };
  const live = new Map<string, number>();
  for (let count = 0; Date.now() < end; count += 1) {
    const namespace = NAMESPACES[Math.floor(random() * 2)] as string;
    const name = `o-${Math.floor(random() * 12)}`;
    const key = `${kind} ${namespace}/${name}`;
    const value = `v${count}`;
    const collection = `/api/v1/namespaces/${namespace}/${kind}`;
    const metadata = { name, annotations: { value } };
    const body =
      kind === "services" ? { metadata, spec: { ports: [{ port: 80 }] } } : { metadata, data: { v: "dg==" } };
    const isLive = live.has(key);
    const removes = isLive && random() < 0.3;
    const answer = removes
      ? await cluster.request("DELETE", `${collection}/${name}`, { propagationPolicy: "Background" })
      : isLive
        ? await cluster.request(
            "PATCH",
            `${collection}/${name}`,
            { metadata: { annotations: { value } } },
            {
              contentType: "application/merge-patch+json",
            },
          )
        : await cluster.request("POST", collection, body);
    const answered = Date.now();
    if (removes) live.delete(key);
    else live.set(key, count);
    // The answer to a deletion does not tell its revision.
    const revision = removes ? "" : String(answer.metadata.resourceVersion);
    written.push({ revision, key, value: removes ? undefined : value, answered });
  }
}

/** The annotation of each written object in an archive. */
async function valuesOf(archive: Archive): Promise<Map<string, string>> {
  const values = new Map<string, string>();
  for (const file of archive.files) {
    if (file.content !== "objects" || !NAMESPACES.includes(file.namespace ?? "")) continue;
    for await (const line of archive.objects(file, NEVER)) {
      const { metadata } = JSON.parse(line);
      const value = metadata.annotations?.value;
      if (value !== undefined) values.set(`${file.resource} ${metadata.namespace}/${metadata.name}`, value);
    }
  }
  return values;
}

/** A recorder that flushes every second, and what takes the backups that it follows; it ends with the test. */
async function record(t: TestContext, name: string) {
  const now = () => new Date();
  const stream = { write: (line: string) => (text += line) };
  const log = await createLog({ stream, readable: false, colors: false, debug: false, now });
  const store = new FileStore({ folder: path.join(folder, name) });
  const stopped = new AbortController();
  const recorder = new ChangeRecorder({
    ...{ client, segments: store.segments, clusterName: undefined, random: Math.random, now, log },
    ...{ flushEvery: 1_000, maxPendingBytes: 64e6, onNeedsBackup: () => {} },
  });
  const running = recorder.run(stopped.signal).catch(() => {});
  const follow = followBackup(recorder, now);
  const program = { version: "0.0.0", commit: "0000000" };
  const back = () =>
    follow((observer) => takeBackup({ client, store, program, observer, now, log }, NEVER), NEVER);
  t.after(async () => {
    stopped.abort();
    await running;
    await recorder.finish(AbortSignal.timeout(3_000));
  });
  return { recorder, store, back };
}

/** Whether a request is a watch of a kind: one of minutes, or one that proves something. */
function isWatch(kind: string, { proof }: { proof: boolean }) {
  return (request: { path: string; query: URLSearchParams }) => {
    const seconds = Number(request.query.get("timeoutSeconds") ?? 0);
    return request.path === `/api/v1/${kind}` && (proof ? seconds > 0 && seconds <= 3 : seconds > 3);
  };
}

test("every moment that is certain is the state at one resource version", async (t) => {
  // One watch breaks off again and again, and one stops without a word: nothing tells its client that events are missing.
  const faults = [
    proxy.inject({
      when: isWatch("configmaps", { proof: false }),
      fault: { kind: "cut", afterBytes: 20_000 },
    }),
    proxy.inject({
      when: isWatch("secrets", { proof: false }),
      fault: { kind: "stall", afterBytes: 10_000 },
    }),
  ];
  t.after(() => {
    for (const end of faults) end();
  });
  const { recorder, store, back } = await record(t, "moments");
  await back();
  const started = Date.now();
  const end = started + SECONDS * 1_000;
  const written: Written[] = [];
  const writers = KINDS.map((kind, index) => write(kind, index + 1, end, written));
  await sleep((SECONDS * 1_000) / 2);
  await back();
  await Promise.all(writers);
  // While nothing happens, certainty moves on once a minute.
  const last = Math.max(...written.map(({ answered }) => answered));
  await until("all is certain", () => (recorder.certain?.getTime() ?? 0) >= last);
  assert.doesNotMatch(text, /"level":"(warn|error)"/);

  let compared = 0;
  const bases = new Set<string>();
  for (let index = 0; index < MOMENTS; index += 1) {
    const moment = new Date(started + ((index + 0.5) * (last - started)) / MOMENTS);
    const opened = await openMoment({ store, moment }, NEVER);
    assert.ok(opened, moment.toISOString());
    bases.add(opened.base);
    const values = await valuesOf(opened.archive);
    assert.ok(isStateAtOneRevision(values, opened.revision, written), moment.toISOString());
    // Whatever was answered well before the moment is in it: what a broken watch lacks comes with the next proof.
    const late = written.filter(
      ({ answered, revision }) =>
        answered < moment.getTime() - 5_000 &&
        revision !== "" &&
        compareRevisions(revision, opened.revision) > 0,
    );
    assert.deepEqual(late, []);
    compared += 1;
  }
  assert.equal(compared, MOMENTS);
  assert.equal(bases.size, 2, "both backups are bases");
  assert.ok(written.length > 200, `${written.length} writes`);
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
  const opened = await openMoment({ store, moment: recorder.certain as Date }, NEVER);
  assert.ok(opened);
  const values = await valuesOf(opened.archive);
  assert.equal(values.get(`configmaps ${namespace}/silent`), "silent");
});

/** Whether values are what the writers had written up to a resource version; deletions have none, and may be on either side. */
function isStateAtOneRevision(
  values: ReadonlyMap<string, string>,
  revision: string,
  written: readonly Written[],
): boolean {
  for (const kind of KINDS) {
    // Each writer writes its kind alone, one write after the other.
    const ofKind = written.filter(({ key }) => key.startsWith(`${kind} `));
    const beyond = ofKind.findIndex(
      (each) => each.revision !== "" && compareRevisions(each.revision, revision) > 0,
    );
    const upTo = beyond < 0 ? ofKind.length : beyond;
    let least = upTo;
    while (least > 0 && ofKind[least - 1]?.value === undefined) least -= 1;
    const mine = new Map([...values].filter(([key]) => key.startsWith(`${kind} `)));
    const fits = Array.from({ length: upTo - least + 1 }, (_, index) =>
      stateAfter(ofKind.slice(0, least + index)),
    );
    if (!fits.some((state) => equal(state, mine))) return false;
  }
  return true;
}

function stateAfter(written: readonly Written[]): Map<string, string> {
  const state = new Map<string, string>();
  for (const { key, value } of written) {
    if (value === undefined) state.delete(key);
    else state.set(key, value);
  }
  return state;
}

function equal(one: ReadonlyMap<string, string>, other: ReadonlyMap<string, string>): boolean {
  return one.size === other.size && [...one].every(([key, value]) => other.get(key) === value);
}
