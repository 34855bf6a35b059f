/** After an update, an object is as the backup has it for `diff` too, or the restore says what is not and why. */

import assert from "node:assert/strict";
import { test } from "node:test";
import type { Archive } from "../../../src/archive/reader.ts";
import type { ApiClient } from "../../../src/cluster/requests/api-client.ts";
import { readBackupSide } from "../../../src/compare/backup-side.ts";
import { readClusterSide } from "../../../src/compare/cluster-side.ts";
import { compareSides } from "../../../src/compare/compare-sides.ts";
import { EVERYTHING } from "../../../src/selection/selection.ts";
import { remove } from "../../support/cluster/cluster-contents.ts";
import type { ControlPlane } from "../../support/cluster/control-plane.ts";
import { backUp, itemOf, restore, withEngine } from "../../support/engine/engine.ts";
import { waitUntilAtRest } from "../../support/samples/round-trip/load.ts";
import { NEVER } from "../../support/samples/sample-archive.ts";
import { until } from "../../support/until.ts";

const SHOP = "/api/v1/namespaces/shop";
const MAPS = `${SHOP}/configmaps`;
const SETS = "/apis/apps/v1/namespaces/shop/replicasets";
const DEPLOYMENT = "/apis/apps/v1/namespaces/shop/deployments/web";
const STATEFUL_SET = "/apis/apps/v1/namespaces/shop/statefulsets/db";
const REVISIONS = "/apis/apps/v1/namespaces/shop/controllerrevisions";
const SERVICE = `${SHOP}/services/web`;
const CLAIM = `${SHOP}/persistentvolumeclaims/data`;
const POD = `${SHOP}/pods/alone`;
const JOB = "/apis/batch/v1/namespaces/shop/jobs/once";
const TENANTS = "/apis/scheduling.k8s.io/v1/priorityclasses";

let cluster: ControlPlane;
let client: ApiClient;
let archive: Archive;

/** Owner references, as objects have them. */
type References = { uid: string; controller?: boolean; name: string }[];

const workload = (name: string) => ({
  metadata: { name },
  spec: {
    replicas: 1,
    selector: { matchLabels: { app: name } },
    template: {
      metadata: { labels: { app: name } },
      spec: { containers: [{ name: "main", image: "example.com/i:1" }] },
    },
  },
});

withEngine(async (engine) => {
  ({ cluster, client } = engine);
  await cluster.request("POST", TENANTS, { metadata: { name: "tenant" }, value: 1 });
  const tenant = await ownerAt(`${TENANTS}/tenant`);
  await cluster.request("POST", "/api/v1/namespaces", {
    metadata: { name: "shop", ownerReferences: [tenant] },
  });
  await cluster.request("POST", "/api/v1/namespaces", { metadata: { name: "free" } });
  for (const name of ["a", "b"]) await cluster.request("POST", MAPS, { metadata: { name } });
  const ownerReferences = [{ ...(await ownerAt(`${MAPS}/a`)), controller: true }, await ownerAt(`${MAPS}/b`)];
  await cluster.request("POST", MAPS, { metadata: { name: "owned", ownerReferences } });
  await cluster.request("POST", MAPS, { metadata: { name: "plain" } });
  await cluster.request("POST", DEPLOYMENT.replace("/web", ""), workload("web"));
  await cluster.request("POST", STATEFUL_SET.replace("/db", ""), workload("db"));
  await loadOthers();
  await waitUntilAtRest(cluster, ["shop"]);
  const more = ["controllerrevisions.apps", "persistentvolumeclaims", "pods", "jobs.batch"];
  more.push("priorityclasses.scheduling.k8s.io");
  archive = await backUp(client, ["shop", "free"], more);
});

/** Objects of which a backup leaves out one field or another, or the whole, by what else they hold. */
async function loadOthers(): Promise<void> {
  const create = (path: string, spec: object) => {
    const parts = path.split("/");
    return cluster.request("POST", parts.slice(0, -1).join("/"), { metadata: { name: parts.at(-1) }, spec });
  };
  const containers = [{ name: "main", image: "example.com/i:1" }];
  await create(SERVICE, { type: "NodePort", ports: [{ port: 80, nodePort: 30_071 }] });
  const access = { accessModes: ["ReadWriteOnce"], storageClassName: "" };
  const capacity = { storage: "1Gi" };
  await create("/api/v1/persistentvolumes/disk", { ...access, capacity, hostPath: { path: "/disk" } });
  await create(CLAIM, { ...access, volumeName: "disk", resources: { requests: capacity } });
  await create(POD, { containers });
  await create(JOB, { suspend: true, template: { spec: { restartPolicy: "Never", containers } } });
  const isBound = async () => (await cluster.request("GET", CLAIM)).status.phase === "Bound";
  await until("the claim is bound", isBound);
}

async function ownerAt(path: string): Promise<Record<string, unknown>> {
  const { apiVersion, kind, metadata } = await cluster.request("GET", path);
  return { apiVersion, kind, name: metadata.name, uid: metadata.uid };
}

async function referencesOf(path: string): Promise<References> {
  return (await cluster.request("GET", path)).metadata.ownerReferences ?? [];
}

async function setReferences(path: string, ownerReferences: unknown): Promise<void> {
  await cluster.request("PATCH", path, { metadata: { ownerReferences } });
}

const update = (more: { dryRun?: "server" | "client" } = {}) =>
  restore({ client, archive, existing: "update", ...more });

/** What a comparison with the cluster shows, as `ConfigMap owned: metadata.ownerReferences`. */
async function differences(): Promise<string[]> {
  const left = await readBackupSide({ name: "backup", archive }, NEVER);
  const right = await readClusterSide({ client, namespaces: ["shop", "free"], now: () => new Date() }, NEVER);
  const { objects } = await compareSides({ left, right, selection: EVERYTHING }, NEVER);
  return objects.map(
    ({ kind, name, change, fields }) =>
      `${kind} ${name}: ${fields.map(({ path }) => path).join(", ") || change}`,
  );
}

const CHANGES: [title: string, object: string, change: (now: References) => Promise<unknown>][] = [
  ["one more owner", "plain", async () => [await ownerAt(`${MAPS}/a`)]],
  ["one more owner beside others", "owned", async (now) => [...now, await ownerAt(`${MAPS}/plain`)]],
  ["another controller", "owned", async ([, b]) => [{ ...b, controller: true }]],
  ["owners in another order", "owned", async (now) => now.toReversed()],
  ["an owner that is no controller any more", "owned", async ([a, b]) => [{ ...a, controller: false }, b]],
  ["a flag that the backup has not", "owned", async ([a, b]) => [a, { ...b, blockOwnerDeletion: true }]],
  ["none of its owners", "owned", async () => null],
];

for (const [title, name, change] of CHANGES) {
  test(`${title}: an update makes them those of the backup, and a dry run says so`, async () => {
    const before = await referencesOf(`${MAPS}/${name}`);
    await setReferences(`${MAPS}/${name}`, await change(before));
    assert.match(
      (await differences()).join(),
      new RegExp(`^ConfigMap ${name}: metadata.ownerReferences[^:]*$`),
    );
    for (const dryRun of ["server", "client"] as const)
      assert.equal(itemOf(await update({ dryRun }), "ConfigMap", name).outcome, "updated", dryRun);
    assert.equal(itemOf(await update(), "ConfigMap", name).outcome, "updated");
    assert.deepEqual(await referencesOf(`${MAPS}/${name}`), before);
    assert.deepEqual(await differences(), []);
    const again = itemOf(await update(), "ConfigMap", name);
    assert.deepEqual([again.outcome, again.reason], ["unchanged", undefined]);
  });
}

test("a namespace loses an owner that it has not in the backup, and gets back the one that it has", async () => {
  const tenant = await referencesOf(SHOP);
  await setReferences("/api/v1/namespaces/free", tenant);
  await setReferences(SHOP, null);
  assert.equal((await differences()).length, 2);
  const restored = await update();
  for (const name of ["shop", "free"]) assert.equal(itemOf(restored, "Namespace", name).outcome, "updated");
  assert.deepEqual([await referencesOf(SHOP), await referencesOf("/api/v1/namespaces/free")], [tenant, []]);
  await setReferences(SHOP, [...tenant.map((each) => ({ ...each, controller: true }))]);
  assert.equal(itemOf(await update(), "Namespace", "shop").outcome, "updated");
  assert.deepEqual(await differences(), []);
});

test("an owner that this cluster does not have is named", async () => {
  await setReferences(`${MAPS}/owned`, null);
  await remove(cluster, `${MAPS}/b`);
  const narrowed = await restore({
    client,
    archive,
    existing: "update",
    selection: { ...EVERYTHING, whole: false, object: (_, { metadata }) => metadata?.name === "owned" },
  });
  const { outcome, reason } = itemOf(narrowed, "ConfigMap", "owned");
  assert.equal(outcome, "updated");
  assert.match(reason ?? "", /metadata\.ownerReferences lacks ConfigMap b, which this cluster does not have/);
  await update();
  assert.deepEqual(await differences(), []);
});

test("a ReplicaSet keeps the Deployment that adopted it, and loses others", async () => {
  const { items } = await cluster.request("GET", SETS);
  const path = `${SETS}/${items[0].metadata.name}`;
  const before = await referencesOf(path);
  await setReferences(path, [await ownerAt(`${MAPS}/a`), ...before]);
  assert.equal(itemOf(await update(), "ReplicaSet", items[0].metadata.name).outcome, "updated");
  assert.deepEqual(await referencesOf(path), before);
  assert.deepEqual(await differences(), []);
});

test("what controllers count by themselves stays, and is named", async () => {
  const image = (name: string) => ({
    spec: { template: { spec: { containers: [{ name: "main", image: name }] } } },
  });
  for (const path of [DEPLOYMENT, STATEFUL_SET])
    await cluster.request("PATCH", path, image("example.com/i:2"));
  await until(
    "there is a second revision",
    async () => (await cluster.request("GET", REVISIONS)).items.length === 2,
  );
  await waitUntilAtRest(cluster, ["shop"]);
  const restored = await update();
  const revision = 'metadata.annotations["deployment.kubernetes.io/revision"]';
  assert.ok(
    itemOf(restored, "Deployment", "web").reason?.includes(`its controller writes ${revision} by itself`),
  );
  await waitUntilAtRest(cluster, ["shop"]);
  const again = await update();
  const others = again.items.filter(({ outcome }) => outcome !== "unchanged");
  assert.deepEqual(others, []);
  for (const difference of await differences()) {
    const [title = "", path = ""] = difference.split(": ");
    const [kind = "", name = ""] = title.split(" ");
    if (path === "added") continue;
    for (const field of path.split(", "))
      assert.ok(
        itemOf(again, kind, name).reason?.includes(field),
        `${difference}: ${itemOf(again, kind, name).reason}`,
      );
  }
});

test("a value of the backup that a backup would leave out by now is named", async () => {
  const service = await cluster.request("GET", SERVICE);
  const managers = JSON.stringify(service.metadata.managedFields).replaceAll(/"f:nodePort":\{\},?/g, "");
  service.metadata.managedFields = JSON.parse(managers.replaceAll(",}", "}"));
  await cluster.request("PUT", SERVICE, service);
  const annotations = { "pv.kubernetes.io/bound-by-controller": "yes" };
  await cluster.request("PATCH", CLAIM, { metadata: { annotations } });
  const found = (await differences()).filter((each) => !each.endsWith("added"));
  assert.ok(found.includes("Service web: spec.ports[port=80,protocol=TCP].nodePort"), found.join());
  assert.ok(found.includes("PersistentVolumeClaim data: spec.volumeName"), found.join());
  const restored = await update();
  for (const [kind, name, field] of [
    ["Service", "web", "spec.ports[0].nodePort"],
    ["PersistentVolumeClaim", "data", "spec.volumeName"],
  ] as const) {
    const { outcome, reason } = itemOf(restored, kind, name);
    assert.equal(outcome, "unchanged");
    assert.equal(
      reason,
      `${field} is as in the backup, though chosen by this cluster: diff counts it as gone`,
    );
  }
});

test("an object that backups leave out by now is mended, or named", async () => {
  const controller = { ...(await ownerAt(SERVICE)), controller: true };
  await setReferences(POD, [controller]);
  await cluster.request("PATCH", JOB, { metadata: { labels: { mine: "yes" } } });
  await finish(JOB);
  assert.deepEqual(
    (await differences()).filter((each) => each.endsWith("removed")),
    ["Pod alone: removed", "Job once: removed"],
  );
  const restored = await update();
  assert.equal(itemOf(restored, "Pod", "alone").outcome, "updated");
  assert.deepEqual(await referencesOf(POD), []);
  const job = itemOf(await update(), "Job", "once");
  assert.equal(job.outcome, "unchanged");
  assert.equal(
    job.reason,
    "backups leave it out by now, and diff counts it as gone: Jobs that are finished, and Pods in the phase Succeeded or Failed",
  );
  assert.equal((await cluster.request("GET", JOB)).metadata.labels?.mine, undefined);
});

/** Ends a suspended Job, as the Job controller would: there is no node to run its Pod. */
async function finish(path: string): Promise<void> {
  await cluster.request("PATCH", path, { spec: { suspend: false } });
  const pod = async () => {
    const { items } = await cluster.request("GET", `${SHOP}/pods?labelSelector=job-name=once`);
    return items[0]?.metadata.name as string | undefined;
  };
  await until("the Job has a Pod", async () => (await pod()) !== undefined);
  await cluster.request("PATCH", `${SHOP}/pods/${await pod()}/status`, { status: { phase: "Succeeded" } });
  await until("the Job is finished", async () => {
    const { status } = await cluster.request("GET", path);
    return (status.conditions ?? []).some(({ type }: { type: string }) => type === "Complete");
  });
}
