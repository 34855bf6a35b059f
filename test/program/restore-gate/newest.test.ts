/** RESTORE_TO=newest: the restore gate brings back the newest certain moment, and no cluster that is deleted. */

import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import path from "node:path";
import { after, beforeEach, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { exists, FLAG, loadApplication, RECORD, remove } from "../../support/cluster/cluster-contents.ts";
import type { ControlPlane } from "../../support/cluster/control-plane.ts";
import { withTestBed } from "../../support/cluster/test-bed.ts";
import { type ApiProxy, startApiProxy } from "../../support/faults/api-proxy.ts";
import { type RunningProgram, runProgram, startProgram } from "../../support/program/program.ts";

const SHOP = "/api/v1/namespaces/shop";
const SETTINGS = `${SHOP}/configmaps/settings`;
const DONE = /"msg":"(Next backup|Backup stored)"/;

let cluster: ControlPlane;
let proxy: ApiProxy;
let folder: string;
let store: string;
let cases = 0;
const running: RunningProgram[] = [];

withTestBed(async (bed) => {
  ({ cluster, folder } = bed);
  proxy = await startApiProxy(cluster);
});

after(async () => {
  for (const { child } of running) child.kill("SIGKILL");
  await proxy?.stop();
});

beforeEach(async () => {
  store = path.join(folder, `case-${++cases}`);
  await mkdir(store);
  await remove(cluster, SHOP);
  await Promise.all([remove(cluster, FLAG), remove(cluster, RECORD)]);
  await loadApplication(cluster, "shop");
});

function start(more: Record<string, string> = {}): RunningProgram {
  const env = {
    ...{ KUBECONFIG: cluster.kubeconfig, S3TARGET: pathToFileURL(store).href, LEASE_TERM: "2s" },
    ...{ FREQUENCY: "1000000", MAXRESTOREAGE: "60", ...more },
  };
  const program = startProgram(["run"], { env });
  running.push(program);
  return program;
}

/** Runs until a line of the log matches, then stops it as Kubernetes would, and gives its log. */
async function runUntil(pattern: RegExp, more: Record<string, string> = {}): Promise<string> {
  const program = start(more);
  await program.saw(pattern);
  program.child.kill("SIGTERM");
  const { status, stderr } = await program.ended;
  assert.equal(status, 0, stderr);
  return stderr;
}

/** Records what somebody does with a cluster whose flag is there; the flag is gone afterwards. */
async function record(work: () => Promise<void>): Promise<void> {
  await cluster.request("POST", "/api/v1/namespaces", { metadata: { name: "backuprestore-donotuse" } });
  const program = start({ CHANGE_LOG: "1s" });
  await program.saw(/"msg":"Change log begins"/);
  await work();
  await sleep(1_500);
  // An orderly end stores what has come.
  program.child.kill("SIGTERM");
  assert.equal((await program.ended).status, 0);
  await remove(cluster, FLAG);
}

async function color(value: string): Promise<void> {
  const body = { data: { color: value } };
  await cluster.request("PATCH", SETTINGS, body, { contentType: "application/merge-patch+json" });
}

async function restoredColor(): Promise<string> {
  return (await cluster.request("GET", SETTINGS)).data.color;
}

test("the newest certain moment comes back, and a kill in the middle changes nothing of that", async () => {
  await record(() => color("green"));
  await remove(cluster, SHOP);
  const workloads = (request: { method: string; path: string }) =>
    request.method === "POST" && request.path.startsWith("/apis/apps/");
  const reached = Promise.withResolvers<void>();
  const free = proxy.inject({
    when: (request) => {
      if (workloads(request)) reached.resolve();
      return workloads(request);
    },
    fault: { kind: "answer", status: 429, headers: { "retry-after": "1" } },
  });
  const killed = start({ KUBECONFIG: proxy.kubeconfig, RESTORE_TO: "newest" });
  await Promise.race([reached.promise, killed.ended]);
  killed.child.kill("SIGKILL");
  const { stderr } = await killed.ended;
  free();
  assert.match(stderr, /"msg":"The change log leads to 20/);
  assert.equal(await exists(cluster, FLAG), false);
  const { data } = await cluster.request("GET", RECORD);
  assert.match(data.timeline, /^20\d{6}T\d{9}Z-/);
  assert.match(data.revision, /^\d+$/);
  assert.match(data.backup, /^backup_\d{8}T\d{6}Z$/);
  const status = await runProgram(["status", "-o", "json"], {
    env: { KUBECONFIG: cluster.kubeconfig, S3TARGET: pathToFileURL(store).href, MAXRESTOREAGE: "60" },
  });
  const { gate } = JSON.parse(status.stdout);
  assert.equal(gate.moment, data.moment.replace(/\.\d+/, ""));
  // Whatever RESTORE_TO is by then.
  const log = await runUntil(DONE);
  assert.match(log, /"msg":"Going on with the restore"/);
  assert.equal(await restoredColor(), "green");
  assert.equal(await exists(cluster, "/apis/apps/v1/namespaces/shop/deployments/web"), true);
  const flag = await cluster.request("GET", FLAG);
  assert.equal(flag.metadata.annotations["kube-backup/backup"], data.backup);
  assert.equal(await exists(cluster, RECORD), false);
});

test("by default the newest backup comes back", async () => {
  await record(() => color("green"));
  await remove(cluster, SHOP);
  await runUntil(DONE);
  assert.equal(await restoredColor(), "blue");
});

test("a cluster that died of a deletion comes back as it was before", async () => {
  await record(async () => {
    await color("red");
    await sleep(2_000);
    await cluster.request("POST", "/api/v1/namespaces", { metadata: { name: "late" } });
    await remove(cluster, SHOP);
  });
  await remove(cluster, "/api/v1/namespaces/late");
  const log = await runUntil(DONE, { RESTORE_TO: "newest" });
  assert.match(log, /"level":"warn".*the namespace shop was lost, .* restoring the last moment before/);
  assert.equal(await restoredColor(), "red");
  assert.equal(await exists(cluster, "/apis/apps/v1/namespaces/shop/deployments/web"), true);
});

test("where there is no change log, the newest backup comes back, and that is said", async () => {
  await cluster.request("POST", "/api/v1/namespaces", { metadata: { name: "backuprestore-donotuse" } });
  await runUntil(/"msg":"Backup stored"/);
  await remove(cluster, FLAG);
  await remove(cluster, SHOP);
  const log = await runUntil(DONE, { RESTORE_TO: "newest" });
  assert.match(
    log,
    /RESTORE_TO is newest, and file:\S+ has no change log within MAXRESTOREAGE: the newest backup/,
  );
  assert.equal(await restoredColor(), "blue");
});
