/** What happens on a node happens: processes are killed, servers go away. Afterwards all is as promised. */

import assert from "node:assert/strict";
import { chown, mkdir } from "node:fs/promises";
import path from "node:path";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { IMAGES } from "../../support/node/images.ts";
import { type Node, startNode } from "../../support/node/node.ts";
import { whyNoNode } from "../../support/node/requirements.ts";
import { untilPasses } from "../../support/until.ts";
import { getObjects, type LiveObject, type StoryCluster } from "../story/cluster.ts";
import {
  applyManifest,
  applySettings,
  deleteNamespace,
  FLAG,
  PATIENCE,
  readPods,
  scale,
  waitUntilReady,
} from "../story/kube-backup.ts";
import { type ClusterMinio, connectMinio, deployMinio, MINIO_NAMESPACE } from "../story/minio.ts";
import { nodeCluster } from "../story/node-cluster.ts";
import { readSample, SAMPLE, SAMPLE_NAMESPACE, waitForSample } from "../story/sample.ts";

const BUCKET = "backups";
const PREFIX = "clusters/restarts";
const MINUTE = 60_000;
/** What makes backups and restores long enough to be hit: that many ConfigMaps of that many bytes. */
const BULK = { namespace: "bulk", count: 3000, bytes: 8000 };
const BULK_PATH = `/api/v1/namespaces/${BULK.namespace}/configmaps`;

const skip = whyNoNode();
let node: Node;
let cluster: StoryCluster;
let minio: ClusterMinio;

before(async () => {
  if (skip !== false) return;
  node = await startNode();
  cluster = await nodeCluster(node);
  // On the node, so that it outlives MinIO's pod.
  const data = path.join(node.folder, "minio");
  await mkdir(data);
  await chown(data, 65532, 65532);
  minio = await deployMinio(cluster, { image: IMAGES.minio, volume: { hostPath: { path: data } } });
  await minio.createBucket(BUCKET);
  await cluster.kubectl(["apply", "--server-side", `--filename=${SAMPLE}`]);
  await createBulk();
  const settings = {
    S3TARGET: `s3://${BUCKET}/${PREFIX}`,
    FREQUENCY: "1",
    MAXRESTOREAGE: "60",
    DEBUG: "true",
  };
  await applySettings(cluster, minio, settings);
  await applyManifest(cluster);
  await waitForSample(cluster);
});

after(async () => {
  await minio?.close();
  await node?.stop();
});

test("a pod killed during a backup leaves none behind, and takes it after its restart", {
  skip,
}, async (t) => {
  await waitForBackups(1);
  const stored = await backups();
  await untilPasses(async () => assert.match(lastLine(await log()), /"msg":"(Taking a backup|Captured)"/), {
    ...PATIENCE,
    intervalMs: 10,
  });
  const killed = await killPod();
  assert.doesNotMatch(lastLine(await log(true)), /"msg":"Backup stored"/, "it was killed too late");
  assert.deepEqual(await backups(), stored);
  await waitUntilReady(cluster);
  await waitForBackups(stored.length + 1);
  assert.equal((await pod()).status.containerStatuses[0].restartCount, killed + 1);
  await tell(t);
});

test("a pod killed during a restore goes on with the same backup after its restart", { skip }, async (t) => {
  await scale(cluster, 0);
  const before = await readSample(cluster);
  const newest = (await backups()).at(-1);
  for (const name of [SAMPLE_NAMESPACE, BULK.namespace, FLAG]) await deleteNamespace(cluster, name);
  await cluster.kubectl(["scale", "deployment/kube-backup", "--namespace=kube-system", "--replicas=1"]);
  await untilPasses(async () => assert.ok((await countBulk()) > 100), { ...PATIENCE, intervalMs: 20 });
  await killPod();
  assert.ok((await countBulk()) < BULK.count, "it was killed too late");
  await assert.rejects(getObjects(cluster, ["namespace", FLAG]), /NotFound/);
  await waitUntilReady(cluster);
  assert.match(await log(), /Going on with the restore/);
  const [flag] = await getObjects(cluster, ["namespace", FLAG]);
  assert.equal(`${flag.metadata.annotations["kube-backup/backup"]}.zip`, newest);
  assert.equal(await countBulk(), BULK.count);
  assert.deepEqual(await readSample(cluster), before);
  await waitForSample(cluster);
  await tell(t);
});

test("a restart of containerd does not reach the pod", { skip }, async (t) => {
  const { uid } = (await pod()).metadata;
  const restarts = await countRestarts();
  // The way to MinIO leads through it.
  await minio.close();
  await node.containerd.kill();
  await node.containerd.start();
  await reconnect();
  await waitForBackups((await backups()).length + 1);
  assert.equal((await pod()).metadata.uid, uid);
  assert.equal(await countRestarts(), restarts);
  await tell(t);
});

test("a minute without the API server costs no restart, and backups go on", { skip }, async (t) => {
  const restarts = await countRestarts();
  await minio.close();
  await node.cluster.stopApiServer();
  await sleep(MINUTE);
  await node.cluster.startApiServer();
  await reconnect();
  await waitForBackups((await backups()).length + 1);
  assert.equal(await countRestarts(), restarts);
  await waitUntilReady(cluster);
  await tell(t);
});

test("a minute without the store costs no restart, and backups go on", { skip }, async (t) => {
  const restarts = await countRestarts();
  const stored = await backups();
  await minio.close();
  const deployment = ["deployment/minio", `--namespace=${MINIO_NAMESPACE}`];
  await cluster.kubectl(["scale", ...deployment, "--replicas=0"]);
  await sleep(MINUTE);
  await untilPasses(async () => assert.match(await log(), /"msg":"Backup failed"/), PATIENCE);
  await cluster.kubectl(["scale", ...deployment, "--replicas=1"]);
  await reconnect();
  assert.deepEqual((await backups()).slice(0, stored.length), stored, "what was stored is still there");
  await waitForBackups(stored.length + 1);
  assert.equal(await countRestarts(), restarts);
  await waitUntilReady(cluster);
  await tell(t);
});

async function createBulk(): Promise<void> {
  await node.cluster.request("POST", "/api/v1/namespaces", { metadata: { name: BULK.namespace } });
  const text = "x".repeat(BULK.bytes);
  let next = 0;
  const worker = async () => {
    while (next < BULK.count) {
      await node.cluster.request("POST", BULK_PATH, { metadata: { name: `bulk-${next++}` }, data: { text } });
    }
  };
  await Promise.all(Array.from({ length: 8 }, worker));
}

async function countBulk(): Promise<number> {
  const { items, metadata } = await node.cluster.request("GET", `${BULK_PATH}?limit=1`);
  const all = items.length + (metadata.remainingItemCount ?? 0);
  // The cluster puts its own certificate authority there.
  return all - 1;
}

async function backups(): Promise<string[]> {
  return (await minio.list(BUCKET, `${PREFIX}/`)).filter((name) => name.endsWith(".zip"));
}

async function waitForBackups(count: number): Promise<void> {
  try {
    await untilPasses(async () => assert.ok((await backups()).length >= count), {
      ...PATIENCE,
      timeoutMs: 3 * MINUTE,
    });
  } catch (error) {
    const lines = (await log()).trimEnd().split("\n").slice(-30);
    throw new Error(`No ${count} backups; the pod's log ends with\n${lines.join("\n")}`, { cause: error });
  }
}

async function reconnect(): Promise<void> {
  minio = await untilPasses(() => connectMinio(cluster), PATIENCE);
}

async function pod(): Promise<LiveObject> {
  const [first] = await readPods(cluster);
  assert.ok(first, "there is a pod");
  return first;
}

async function countRestarts(): Promise<number> {
  return (await pod()).status.containerStatuses[0].restartCount;
}

/** The pod's log, or that of its container before the last restart. */
async function log(previous = false): Promise<string> {
  const { name } = (await pod()).metadata;
  const query = `previous=${previous}&tailLines=200`;
  return String(
    await node.cluster.request("GET", `/api/v1/namespaces/kube-system/pods/${name}/log?${query}`),
  );
}

function lastLine(text: string): string {
  return text.trimEnd().split("\n").at(-1) ?? "";
}

/** Kills the pod's process, waits for its next one, and returns how often it was started again before. */
async function killPod(): Promise<number> {
  const [status] = (await pod()).status.containerStatuses;
  await node.containerd.killContainer(status.containerID.replace("containerd://", ""));
  await untilPasses(async () => assert.equal(await countRestarts(), status.restartCount + 1), {
    ...PATIENCE,
    intervalMs: 100,
  });
  return status.restartCount;
}

/** Shows what the pod has gone through. */
async function tell(t: { diagnostic(message: string): void }): Promise<void> {
  const pods = await cluster.kubectl(["get", "pods", "--namespace=kube-system"]);
  const events = await cluster.kubectl([
    "events",
    "--namespace=kube-system",
    "--types=Normal,Warning",
    "--no-headers",
  ]);
  const lines = events.split("\n").filter((line) => !line.includes("MissingClusterDNS"));
  for (const line of [...pods.trimEnd().split("\n"), ...lines.slice(-8)]) t.diagnostic(line);
}
