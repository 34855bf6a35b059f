/** A cluster whose etcd is restored, and a clone of a cluster beside it: no change log of one is taken for that of the other. */

import assert from "node:assert/strict";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { type ControlPlane, startControlPlane } from "../../support/cluster/control-plane.ts";
import { type ApiProxy, startApiProxy } from "../../support/faults/api-proxy.ts";
import { programEnvironment } from "../../support/program/environment.ts";
import { type RunningProgram, runProgram, startProgram } from "../../support/program/program.ts";
import { startMinio } from "../../support/servers/minio.ts";
import type { S3Server } from "../../support/servers/s3-server.ts";
import { until } from "../../support/until.ts";

const SHOP = "/api/v1/namespaces/shop/configmaps";
const LOOP = { FREQUENCY: "1", MAXRESTOREAGE: "1440", CHANGE_LOG: "1s", LEASE_TERM: "15s" };

let cluster: ControlPlane;
let proxy: ApiProxy;
let minio: S3Server;
let running: RunningProgram | undefined;

before(async () => {
  [cluster, minio] = await Promise.all([startControlPlane(), startMinio()]);
  proxy = await startApiProxy(cluster);
  await minio.createBucket("backups");
  for (const name of ["backuprestore-donotuse", "shop"])
    await cluster.request("POST", "/api/v1/namespaces", { metadata: { name } });
  await cluster.request("POST", SHOP, { metadata: { name: "settings" }, data: { version: "1" } });
});

after(async () => {
  running?.child.kill("SIGKILL");
  await proxy?.stop();
  await Promise.all([cluster?.stop(), minio?.stop()]);
});

function environment({ kubeconfig }: { kubeconfig: string }): Record<string, string> {
  return programEnvironment({ kubeconfig }, minio, "backups", LOOP);
}

async function setVersion({ request }: ControlPlane, version: string): Promise<void> {
  await request("PATCH", `${SHOP}/settings`, { data: { version } });
}

/** A moment before which all is done that was done before, and after which all is done that is done later. */
async function pause(): Promise<Date> {
  await sleep(1_600);
  const now = new Date();
  await sleep(500);
  return now;
}

/** The version that the ConfigMap had at a moment, or what the program says instead. */
async function versionAt(at: Date): Promise<string> {
  const args = ["get", "configmap/settings", "-n", "shop", "--at", at.toISOString(), "-o", "json"];
  const { status, stdout, stderr } = await runProgram(args, { env: environment(cluster) });
  return status === 0 ? JSON.parse(stdout).data.version : stderr;
}

async function untilCertain(at: Date): Promise<void> {
  const isCertain = async () => !(await versionAt(at)).includes("does not reach this moment yet");
  await until(`${at.toISOString()} is certain`, isCertain, { timeoutMs: 90_000, intervalMs: 1_000 });
}

describe("a cluster whose etcd is restored while the program runs", () => {
  const moments: Record<string, Date> = {};

  before(async () => {
    running = startProgram(["run"], { env: environment(proxy) });
    await running.saw(/"msg":"Change log begins"/);
    await setVersion(cluster, "2");
    moments["before the snapshot"] = await pause();
    const snapshot = path.join(cluster.folder, "snapshot");
    await cluster.etcd.copyData(snapshot);
    await setVersion(cluster, "3");
    await cluster.request("POST", SHOP, { metadata: { name: "lost" } });
    moments["lost later"] = await pause();
    await untilCertain(moments["lost later"]);
    const last = await cluster.etcd.revision();

    // The program hears of nothing until the new history has overtaken what it had seen.
    const away = proxy.inject({ when: () => true, fault: { kind: "cut" } });
    await cluster.stopApiServer();
    await cluster.etcd.restoreData(snapshot);
    assert.ok((await cluster.etcd.revision()) < last, "it went back");
    await cluster.startApiServer();
    await cluster.request("POST", SHOP, { metadata: { name: "new" } });
    for (let count = 0; (await cluster.etcd.revision()) < last + 20; count += 1)
      await cluster.request("POST", SHOP, { metadata: { name: `filler-${count}` } });
    away();
    await setVersion(cluster, "4");
    await running.saw(/(?:"msg":"Change log begins"[\s\S]*){2}/, 120_000);
    moments["after the restore"] = await pause();
    await setVersion(cluster, "5");
    moments["the end"] = await pause();
    await cluster.request("POST", SHOP, { metadata: { name: "last" } });
    await untilCertain(moments["the end"]);
  });

  test("is noticed, and another timeline begins", () => {
    const { stderr } = (running as RunningProgram).output();
    const ends = stderr.split("\n").filter((line) => line.includes('"msg":"Change log ends'));
    assert.equal(ends.length, 1, stderr);
    assert.match(ends[0] ?? "", /the cluster was set back to an earlier state/);
  });

  for (const [moment, version] of [
    ["before the snapshot", "2"],
    ["lost later", "3"],
    ["after the restore", "4"],
    ["the end", "5"],
  ] as const)
    test(`${moment}, the cluster is as it was then`, async () => {
      const at = moments[moment] as Date;
      assert.equal(await versionAt(at), version);
      const args = ["get", "configmaps", "-n", "shop", "--at", at.toISOString(), "-o", "name"];
      const { stdout } = await runProgram(args, { env: environment(cluster) });
      assert.equal(/\/lost$/m.test(stdout), version === "3", stdout);
      assert.equal(/\/new$/m.test(stdout), version > "3", stdout);
    });
});

test("a clone beside the cluster writes a timeline of its own, and what both cover is refused", async (t) => {
  await setVersion(cluster, "6");
  const snapshot = path.join(cluster.folder, "for-the-clone");
  await cluster.etcd.copyData(snapshot);
  const clone = await startControlPlane({ etcdData: snapshot });
  t.after(() => clone.stop());
  const alone = await pause();
  // The Lease of the clone is held by a process that is not there.
  const beside = startProgram(["run"], { env: environment(clone) });
  t.after(() => beside.child.kill("SIGKILL"));
  await beside.saw(/"msg":"Change log begins"/, 120_000);
  await setVersion(clone, "clone");
  const both = await pause();
  for (const each of [cluster, clone]) await each.request("POST", SHOP, { metadata: { name: "beside" } });
  await untilCertain(both);
  await until("both are certain", async () => (await versionAt(both)).includes("two change logs"));
  assert.match(await versionAt(both), /two change logs in s3:\S+ cover this moment, \S+ and \S+/);
  assert.equal(await versionAt(alone), "6");
  // With the next backup at the latest.
  await Promise.any([
    beside.saw(/Another kube-backup writes a change log to the same place/, 90_000),
    running?.saw(/Another kube-backup writes a change log to the same place/, 90_000),
  ]);
});
