/**
 * On a real node, with its kubelet, scheduler and controllers: what has run does not run again, what a quota held down is
 * held down, a retained volume has its data for the same claim, and an operator's Secret is the backup's.
 */

import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, suite, test } from "node:test";
import { remove } from "../../support/cluster/cluster-contents.ts";
import type { ControlPlane } from "../../support/cluster/control-plane.ts";
import { type Operator, startOperator } from "../../support/cluster/operator.ts";
import { IMAGES } from "../../support/node/images.ts";
import { type Node, startNode } from "../../support/node/node.ts";
import { whyNoNode } from "../../support/node/requirements.ts";
import { runProgram } from "../../support/program/program.ts";
import { define, GROUP } from "../../support/samples/definition.ts";
import { until } from "../../support/until.ts";

const NS = "/api/v1/namespaces/db";
const VOLUME = "/api/v1/persistentvolumes/files";
const CLUSTERS = `/apis/${GROUP}/v1/namespaces/db/clusters`;
const DEPLOYMENTS = "/apis/apps/v1/namespaces/db/deployments";
const PAUSE = { name: "main", image: IMAGES.pause, imagePullPolicy: "Never" };
const NODE = { name: "main", image: IMAGES.node, imagePullPolicy: "Never" };
const PASSWORD = "the-old-password";
const PATIENCE = { timeoutMs: 120_000 };

const skip = whyNoNode();
let folder: string;
let node: Node;
let cluster: ControlPlane;
let operator: Operator | undefined;
/** Names and phases of the Pods before the loss, the random parts of names aside. */
let original: string[];

before(async () => {
  if (skip !== false) return;
  folder = await mkdtemp(path.join(tmpdir(), "kube-backup-comes-back-"));
  node = await startNode({ imageKeys: ["pause", "node"] });
  ({ cluster } = node);
  await define(cluster, { plural: "clusters", kind: "Cluster" });
  await load();
  original = await pods();
  const { status, stderr } = await run(["backup"]);
  assert.equal(status, 0, stderr);
  operator = await startOperator(cluster, [
    {
      watch: `/apis/${GROUP}/v1/clusters`,
      make: () => ({
        collection: `${NS}/secrets`,
        object: { metadata: { name: "pg-app" }, stringData: { password: "NEW" } } as {
          metadata: { name: string };
        },
      }),
    },
  ]);
  await remove(cluster, NS, 120_000);
  await until("the volume is released", async () => (await phaseOf(VOLUME)) === "Released", PATIENCE);
});

after(async () => {
  await operator?.stop();
  await node?.stop();
  if (folder !== undefined) await rm(folder, { recursive: true, force: true });
});

async function run(args: readonly string[]) {
  const env = { KUBECONFIG: cluster.kubeconfig, S3TARGET: `file://${folder}/store`, KINDS: "all" };
  return await runProgram(args, { env });
}

async function phaseOf(path: string): Promise<string> {
  return (await cluster.request("GET", path)).status.phase;
}

/** `migrate: Succeeded`, `web: Running`. */
async function pods(): Promise<string[]> {
  const { items } = await cluster.request("GET", `${NS}/pods`);
  return items
    .map(
      ({ metadata, status }: { metadata: { name: string }; status: { phase: string } }) =>
        `${metadata.name.replace(/-.*/, "")}: ${status.phase}`,
    )
    .sort();
}

async function load(): Promise<void> {
  await cluster.request("POST", "/api/v1/namespaces", { metadata: { name: "db" } });
  const pg = await cluster.request("POST", CLUSTERS, {
    apiVersion: `${GROUP}/v1`,
    kind: "Cluster",
    metadata: { name: "pg" },
  });
  const { uid } = pg.metadata;
  const owner = { apiVersion: `${GROUP}/v1`, kind: "Cluster", name: "pg", uid, controller: true };
  await cluster.request("POST", `${NS}/secrets`, {
    metadata: { name: "pg-app", ownerReferences: [owner] },
    stringData: { password: PASSWORD },
  });
  await loadVolume();
  for (const [name, status] of [
    ["migrate", 0],
    ["broken", 1],
  ] as const)
    await cluster.request("POST", `${NS}/pods`, {
      metadata: { name },
      spec: {
        restartPolicy: "Never",
        containers: [{ ...NODE, command: ["node", "--eval", `process.exit(${status})`] }],
      },
    });
  await until(
    "they have run",
    async () => (await pods()).join() === "broken: Failed,migrate: Succeeded",
    PATIENCE,
  );
  await cluster.request("POST", `${NS}/resourcequotas`, {
    metadata: { name: "rq" },
    spec: { hard: { pods: "3" } },
  });
  await until("the quota is counted", async () => {
    const { status } = await cluster.request("GET", `${NS}/resourcequotas/rq`);
    return status.used?.pods !== undefined;
  });
  const labels = { app: "web" };
  const spec = {
    containers: [{ ...PAUSE, volumeMounts: [{ name: "files", mountPath: "/files" }] }],
    volumes: [{ name: "files", persistentVolumeClaim: { claimName: "files" } }],
  };
  await cluster.request("POST", DEPLOYMENTS, {
    metadata: { name: "web" },
    spec: { replicas: 8, selector: { matchLabels: labels }, template: { metadata: { labels }, spec } },
  });
  await untilThreeRun();
}

async function loadVolume(): Promise<void> {
  const size = { accessModes: ["ReadWriteOnce"], storageClassName: "manual" };
  await cluster.request("POST", "/api/v1/persistentvolumes", {
    metadata: { name: "files" },
    spec: {
      ...size,
      capacity: { storage: "1Gi" },
      persistentVolumeReclaimPolicy: "Retain",
      hostPath: { path: path.join(node.folder, "files"), type: "DirectoryOrCreate" },
    },
  });
  await cluster.request("POST", `${NS}/persistentvolumeclaims`, {
    metadata: { name: "files" },
    spec: { ...size, resources: { requests: { storage: "1Gi" } } },
  });
}

async function untilThreeRun(): Promise<void> {
  const running = async () => (await pods()).filter((pod) => pod === "web: Running").length;
  await until("three Pods run", async () => (await running()) === 3, PATIENCE);
  await until("no more are allowed", async () => {
    const { status } = await cluster.request("GET", `${DEPLOYMENTS}/web`);
    return status.conditions?.some(({ type }: { type: string }) => type === "ReplicaFailure");
  });
  assert.equal(await running(), 3);
}

suite("after a loss, with everything at work", { skip }, () => {
  test("the restore succeeds", async () => {
    const { status, stdout, stderr } = await run(["restore", "--yes", "-o", "json"]);
    assert.equal(status, 0, stderr);
    const { failures, summary } = JSON.parse(stdout);
    assert.deepEqual([failures, summary.skipped], [[], 0]);
  });

  test("Pods that have run are not there and do not run; as many run as the quota allowed", async () => {
    assert.deepEqual(original, ["broken: Failed", "migrate: Succeeded", ...Array(3).fill("web: Running")]);
    await untilThreeRun();
    assert.deepEqual(await pods(), Array(3).fill("web: Running"));
  });

  test("the claim is bound to the volume that it had", async () => {
    const claim = await cluster.request("GET", `${NS}/persistentvolumeclaims/files`);
    assert.deepEqual([claim.status.phase, claim.spec.volumeName], ["Bound", "files"]);
    const volume = await cluster.request("GET", VOLUME);
    assert.equal(volume.spec.claimRef.uid, claim.metadata.uid);
  });

  test("the Secret is the backup's, and belongs to its owner of now", async () => {
    const secret = await cluster.request("GET", `${NS}/secrets/pg-app`);
    assert.equal(Buffer.from(secret.data.password, "base64").toString(), PASSWORD);
    const { metadata } = await cluster.request("GET", `${CLUSTERS}/pg`);
    assert.equal(secret.metadata.ownerReferences[0].uid, metadata.uid);
    assert.deepEqual(operator?.made, []);
  });
});
