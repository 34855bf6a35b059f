/** The change log of `run`, and what commands read of it, encrypted and signed. */

import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { type ControlPlane, startControlPlane } from "../../support/cluster/control-plane.ts";
import { programEnvironment } from "../../support/program/environment.ts";
import { type RunningProgram, runProgram, startProgram } from "../../support/program/program.ts";
import { sealingKeys } from "../../support/samples/sealing-keys.ts";
import { startMinio } from "../../support/servers/minio.ts";
import type { S3Server } from "../../support/servers/s3-server.ts";

const SHOP = "/api/v1/namespaces/shop";
const PASSWORD = "c2VjcmV0LW9mLXRoZS1zaG9w";

let cluster: ControlPlane;
let minio: S3Server;
let folder: string;
let keys: Record<string, string>;
let running: RunningProgram;
/** Moments between the changes. */
const moments: Record<"empty" | "first" | "second" | "gone" | "gap", Date> = {
  ...{ empty: new Date(0), first: new Date(0), second: new Date(0), gone: new Date(0), gap: new Date(0) },
};

before(async () => {
  [cluster, minio] = await Promise.all([startControlPlane(), startMinio()]);
  folder = await mkdtemp(path.join(tmpdir(), "kube-backup-change-log-"));
  keys = await sealingKeys(folder);
  await minio.createBucket("backups");
  for (const name of ["backuprestore-donotuse", "shop"])
    await cluster.request("POST", "/api/v1/namespaces", { metadata: { name } });
  await cluster.request("POST", `${SHOP}/secrets`, {
    metadata: { name: "db" },
    data: { password: PASSWORD },
  });
});

after(async () => {
  running?.child.kill("SIGKILL");
  await Promise.all([cluster?.stop(), minio?.stop()]);
  await rm(folder, { recursive: true, force: true });
});

function environment(more: Record<string, string> = {}): Record<string, string> {
  return { ...programEnvironment(cluster, minio, "backups/blue"), ...keys, ...more };
}

async function start(flush = "1s"): Promise<RunningProgram> {
  const loop = { FREQUENCY: "60", MAXRESTOREAGE: "1440", CHANGE_LOG: flush, LEASE_TERM: "2s" };
  const program = startProgram(["run"], { env: environment(loop) });
  await program.saw(/"msg":"Change log begins"/);
  return program;
}

/** Waits so that what was done before is before the moment, and what is done later after it. */
async function moment(): Promise<Date> {
  await sleep(1_500);
  const now = new Date();
  await sleep(500);
  return now;
}

async function settings(version: string): Promise<void> {
  const body = { metadata: { name: "settings" }, data: { version } };
  await cluster.request("PATCH", `${SHOP}/configmaps/settings`, body, {
    contentType: "application/merge-patch+json",
  });
}

async function get(at: Date, ...more: string[]) {
  const args = ["get", "configmap/settings", "-n", "shop", "--at", at.toISOString(), "-o", "json", ...more];
  return await runProgram(args, { env: environment() });
}

/** Waits until a moment is certain. */
async function certain(at: Date): Promise<void> {
  for (let attempt = 0; attempt < 30; attempt += 1) {
    const { stderr } = await get(at);
    if (!stderr.includes("does not reach this moment yet")) return;
    await sleep(1_000);
  }
  assert.fail(`${at.toISOString()} does not become certain`);
}

describe("the change log", () => {
  before(async () => {
    running = await start();
    moments.empty = await moment();
    const body = { metadata: { name: "settings" }, data: { version: "1" } };
    await cluster.request("POST", `${SHOP}/configmaps`, body);
    moments.first = await moment();
    await settings("2");
    moments.second = await moment();
    await cluster.request("DELETE", `${SHOP}/configmaps/settings`);
    await cluster.request("DELETE", `${SHOP}/secrets/db`);
    moments.gone = await moment();
    await cluster.request("POST", `${SHOP}/configmaps`, { metadata: { name: "later" } });
    await certain(moments.gone);
  });

  test("shows an object as it was at each second", async () => {
    for (const [at, version] of [
      [moments.first, "1"],
      [moments.second, "2"],
    ] as const) {
      const { status, stdout, stderr } = await get(at);
      assert.equal(status, 0, stderr);
      assert.equal(JSON.parse(stdout).data.version, version);
      assert.match(stderr, /The change log leads to 20\d\d-/);
    }
    for (const at of [moments.empty, moments.gone]) {
      const { status, stderr } = await get(at);
      assert.equal(status, 1);
      assert.match(stderr, /settings/);
    }
  });

  test("brings back what was deleted, as it was just before", async () => {
    const args = ["restore", "-n", "shop", "--at", moments.second.toISOString(), "--yes"];
    const { status, stdout, stderr } = await runProgram(args, { env: environment() });
    assert.equal(status, 0, stderr);
    assert.match(stdout, /2 created|created 2|2 objects/i);
    const { data } = await cluster.request("GET", `${SHOP}/secrets/db`);
    assert.deepEqual(data, { password: PASSWORD });
    assert.equal((await cluster.request("GET", `${SHOP}/configmaps/settings`)).data.version, "2");
  });

  test("compares two moments", async () => {
    const args = ["diff", "-n", "shop", "--at", moments.first.toISOString()];
    const { status, stdout, stderr } = await runProgram(args, { env: environment() });
    assert.equal(status, 1, stderr);
    assert.match(stdout, /settings[\s\S]*version/);
  });

  test("a moment that is not over is an error that names the last certain one", async () => {
    const { status, stderr } = await get(new Date(Date.now() + 3_600_000));
    assert.equal(status, 1);
    assert.match(stderr, /the change log in s3:\S+ does not reach this moment yet/);
    assert.match(stderr, /The nearest moment is 20\d\d-\S+; --or-before takes the one before/);
  });

  test("needs the key, and says so", async () => {
    const { AGE_KEY_FILE: _, ...env } = environment();
    const args = ["get", "cm", "-n", "shop", "--at", moments.first.toISOString()];
    const { status, stderr } = await runProgram(args, { env });
    assert.equal(status, 1);
    assert.match(stderr, /Cannot read log\/.*: it is encrypted to 1 recipient.*no key is given/);
  });

  test("a stranger's segments are not read", async () => {
    const { ALLOWED_SIGNERS_FILE } = await sealingKeys(folder);
    const env = environment({ ALLOWED_SIGNERS_FILE: ALLOWED_SIGNERS_FILE as string });
    const args = ["get", "cm", "-n", "shop", "--at", moments.first.toISOString()];
    const { status, stderr } = await runProgram(args, { env });
    assert.equal(status, 1);
    assert.match(stderr, /ALLOWED_SIGNERS/);
  });

  test("the time while nothing was recorded is a gap, and not papered over", async () => {
    running.child.kill("SIGKILL");
    await running.ended;
    assert.doesNotMatch(running.output().stderr, new RegExp(PASSWORD));
    await settings("3");
    moments.gap = await moment();
    running = await start();
    const after = await moment();
    await settings("4");
    await certain(after);
    const inGap = await get(moments.gap);
    assert.equal(inGap.status, 1);
    assert.match(inGap.stderr, /the change log in s3:\S+ has a gap there/);
    assert.match(inGap.stderr, /The nearest moments are 20\d\d-\S+ and 20\d\d-/);
    const before = await get(moments.gap, "--or-before");
    assert.match(before.stderr, /is the newest backup that is not later than/);
    const { stdout } = await get(after);
    assert.equal(JSON.parse(stdout).data.version, "3");
    // What was recorded before is still there.
    assert.equal(JSON.parse((await get(moments.first)).stdout).data.version, "1");
  });

  test("an orderly end stores what has come since the last flush", async () => {
    running.child.kill("SIGKILL");
    await running.ended;
    running = await start("1h");
    await settings("5");
    const before = await moment();
    running.child.kill("SIGTERM");
    assert.equal((await running.ended).status, 0);
    const { status, stdout, stderr } = await get(before);
    assert.equal(status, 0, stderr);
    assert.equal(JSON.parse(stdout).data.version, "5");
  });
});
