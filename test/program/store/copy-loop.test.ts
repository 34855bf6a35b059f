/** The loop copies each backup to a second store, from which a cluster is restored when the first one is gone. */

import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import path from "node:path";
import { after, test } from "node:test";
import { exists, remove } from "../../support/cluster/cluster-contents.ts";
import type { ControlPlane } from "../../support/cluster/control-plane.ts";
import { withTestBed } from "../../support/cluster/test-bed.ts";
import { type S3Proxy, startS3Proxy } from "../../support/faults/s3-proxy.ts";
import { runProgram, startProgram } from "../../support/program/program.ts";
import { sealingKeys } from "../../support/samples/sealing-keys.ts";
import { startMinio } from "../../support/servers/minio.ts";
import type { S3Server } from "../../support/servers/s3-server.ts";

const BUCKET = "copies";

let cluster: ControlPlane;
let folder: string;
let server: S3Server;
let proxy: S3Proxy;
let keys: Record<string, string>;

withTestBed(async (bed) => {
  ({ cluster, folder } = bed);
  keys = await sealingKeys(folder);
  server = await startMinio();
  await server.createBucket(BUCKET);
  proxy = await startS3Proxy(server.port);
  for (const name of ["backuprestore-donotuse", "shop"])
    await cluster.request("POST", "/api/v1/namespaces", { metadata: { name } });
  await cluster.request("POST", "/api/v1/namespaces/shop/configmaps", {
    metadata: { name: "settings" },
    data: { color: "blue" },
  });
});
after(async () => {
  await proxy?.stop();
  await server?.stop();
});

/** Runs the loop until its log matches, and ends it. */
async function runUntil(env: Record<string, string>, pattern: RegExp): Promise<string> {
  const program = startProgram(["run"], { env });
  try {
    await program.saw(pattern);
  } finally {
    program.child.kill("SIGTERM");
  }
  const { status, stderr } = await program.ended;
  assert.equal(status, 0, stderr);
  return stderr;
}

test("a second store that does not answer is a warning; what it lacks comes later, and is restored from there", async () => {
  const first = await mkdtemp(path.join(folder, "first-"));
  const key = {
    AWS_ACCESS_KEY_ID: server.accessKeyId,
    AWS_SECRET_ACCESS_KEY: server.secretAccessKey,
  };
  const env = {
    ...keys,
    KUBECONFIG: cluster.kubeconfig,
    S3TARGET: `file://${first}`,
    FREQUENCY: "60",
    MAXRESTOREAGE: "600",
    COPY_TO: `s3://${BUCKET}/blue`,
    COPY_ENDPOINT_URI: proxy.endpoint.href,
    COPY_AWS_ACCESS_KEY_ID: server.accessKeyId,
    COPY_AWS_SECRET_ACCESS_KEY: server.secretAccessKey,
  };
  proxy.fault = () => ({ status: 403, body: "" });
  const failed = await runUntil(env, /Backup stored[\s\S]*Not copied to the second store/);
  assert.match(failed, /"level":"warn"[^\n]*Not copied to the second store; the next backup brings it again/);
  const status = await runProgram(["status", "-o", "json"], { env });
  assert.equal(status.status, 0, status.stderr);
  assert.match(JSON.parse(status.stdout).copies.reason, /Cannot list backups in s3:/);

  proxy.fault = undefined;
  const copied = await runUntil(env, /Backup copied to the second store/);
  assert.doesNotMatch(copied, /Backup stored|Not copied/);
  const told = JSON.parse((await runProgram(["status", "-o", "json"], { env })).stdout);
  assert.deepEqual(told.copies, {
    copyStore: `s3://${BUCKET}/blue`,
    backup: told.newest.name,
    ageSeconds: told.copies.ageSeconds,
    reason: null,
  });

  await rm(first, { recursive: true });
  await remove(cluster, "/api/v1/namespaces/shop/configmaps/settings");
  const second = {
    ...keys,
    ...key,
    KUBECONFIG: cluster.kubeconfig,
    S3TARGET: `s3://${BUCKET}/blue`,
    ENDPOINT_URI: server.endpoint,
  };
  const verified = await runProgram(["verify"], { env: second });
  assert.match(verified.stdout, /is whole/, verified.stderr);
  const restored = await runProgram(["restore", "configmap", "settings", "-n", "shop", "--yes"], {
    env: second,
  });
  assert.equal(restored.status, 0, restored.stderr);
  assert.ok(await exists(cluster, "/api/v1/namespaces/shop/configmaps/settings"));
});

test("a second store that is the first is wrong usage", async () => {
  const place = `file://${folder}/same`;
  const env = { KUBECONFIG: cluster.kubeconfig, S3TARGET: place, FREQUENCY: "60", MAXRESTOREAGE: "600" };
  const { status, stderr } = await runProgram(["run", "--copy-to", place], { env });
  assert.equal(status, 2);
  assert.match(stderr, /COPY_TO is the store that the backups are in/);
});
