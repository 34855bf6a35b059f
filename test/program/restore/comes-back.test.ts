/** What comes back as it was and what does not come back, against a real API server and controller manager. */

import assert from "node:assert/strict";
import path from "node:path";
import { beforeEach, test } from "node:test";
import { exists, remove } from "../../support/cluster/cluster-contents.ts";
import type { ControlPlane } from "../../support/cluster/control-plane.ts";
import { withTestBed } from "../../support/cluster/test-bed.ts";
import { runProgram } from "../../support/program/program.ts";
import { define, GROUP } from "../../support/samples/definition.ts";
import { until } from "../../support/until.ts";

const POD = { restartPolicy: "Never", containers: [{ name: "c", image: "example.com/c" }] };

let cluster: ControlPlane;
let folder: string;
let stores = 0;

withTestBed(async (bed) => {
  ({ cluster, folder } = bed);
  await define(
    cluster,
    { plural: "tenants", kind: "Tenant", scope: "Cluster" },
    { plural: "runs", kind: "Run", status: true },
    { plural: "endpoints", kind: "Endpoint" },
  );
});

beforeEach(() => {
  stores += 1;
});

async function run(args: readonly string[], env: Record<string, string> = {}) {
  const S3TARGET = `file://${path.join(folder, String(stores))}`;
  return await runProgram(args, { env: { KUBECONFIG: cluster.kubeconfig, S3TARGET, ...env } });
}

/** Takes a backup of all kinds, and returns the program's document of it. */
async function backUp(...more: string[]) {
  const result = await run(["backup", "--kinds", "all", "-o", "json", ...more]);
  assert.equal(result.status, 0, result.stderr);
  return JSON.parse(result.stdout);
}

/** Restores, and returns the program's document; the whole without arguments. */
async function restore(args: readonly string[] = [], status = 0) {
  const result = await run(["restore", "--yes", "-o", "json", ...args]);
  assert.equal(result.status, status, result.stderr);
  return JSON.parse(result.stdout);
}

async function create(collection: string, object: object) {
  return await cluster.request("POST", collection, object);
}

async function createNamespace(name: string, labels = {}): Promise<string> {
  await create("/api/v1/namespaces", { metadata: { name, labels } });
  return `/api/v1/namespaces/${name}`;
}

const outcomeOf = (
  document: { items: { kind: string; name: string; outcome: string }[] },
  kind: string,
  name: string,
) => document.items.find((item) => item.kind === kind && item.name === name)?.outcome;

test("limits: what was admitted is admitted, and what a quota held down is held down", async () => {
  const ns = await createNamespace("limits");
  const workloads = "/apis/apps/v1/namespaces/limits";
  await create(`${ns}/persistentvolumeclaims`, {
    metadata: { name: "large" },
    spec: {
      accessModes: ["ReadWriteOnce"],
      resources: { requests: { storage: "100Gi" } },
      storageClassName: "",
    },
  });
  const resources = { requests: { cpu: "2" }, limits: { cpu: "2" } };
  const container = { ...POD.containers[0], resources };
  await create(`${ns}/pods`, { metadata: { name: "bare" }, spec: { containers: [container] } });
  await create(`${ns}/limitranges`, {
    metadata: { name: "younger" },
    spec: {
      limits: [
        { type: "PersistentVolumeClaim", max: { storage: "10Gi" } },
        { type: "Container", max: { cpu: "1" } },
      ],
    },
  });
  await create(`${ns}/resourcequotas`, { metadata: { name: "pods" }, spec: { hard: { pods: "3" } } });
  await until("the quota is counted", async () => {
    const { status } = await cluster.request("GET", `${ns}/resourcequotas/pods`);
    return status.used?.pods === "1";
  });
  for (const name of ["web", "more"])
    await create(`${workloads}/deployments`, {
      metadata: { name },
      spec: {
        replicas: name === "web" ? 8 : 0,
        selector: { matchLabels: { app: name } },
        template: { metadata: { labels: { app: name } }, spec: { containers: POD.containers } },
      },
    });
  // Younger than the Deployments, of which there are more.
  await create(`${ns}/resourcequotas`, {
    metadata: { name: "counts" },
    spec: { hard: { "count/deployments.apps": "1" } },
  });
  const pods = async () => (await cluster.request("GET", `${ns}/pods`)).items.length as number;
  await until("the quota is used up", async () => (await pods()) === 3);
  await backUp();
  await remove(cluster, ns);
  const document = await restore(["-n", "limits"]);
  assert.deepEqual([document.failures, document.summary.skipped], [[], 0]);
  await until("Pods are made up to the quota", async () => (await pods()) === 3);
  await until("no more are tried", async () => {
    const { status } = await cluster.request("GET", `${workloads}/deployments/web`);
    return status.conditions?.some(({ type }: { type: string }) => type === "ReplicaFailure");
  });
  assert.equal(await pods(), 3);
  await remove(cluster, ns);
});

test("a bare Pod that a policy refuses by now is named, by hand a failure, at the gate a warning", async () => {
  const ns = await createNamespace("secured");
  await create(`${ns}/pods`, {
    metadata: { name: "root" },
    spec: { ...POD, containers: [{ ...POD.containers[0], securityContext: { privileged: true } }] },
  });
  await cluster.request("PATCH", ns, {
    metadata: { labels: { "pod-security.kubernetes.io/enforce": "restricted" } },
  });
  await backUp();
  const rehearsed = await run(["verify", "--rehearse", "-o", "json"]);
  assert.equal(rehearsed.status, 3, rehearsed.stderr);
  assert.match(rehearsed.stdout, /violates PodSecurity/);
  assert.doesNotMatch(rehearsed.stdout, /Give the user or the ServiceAccount this right/);
  await remove(cluster, ns);
  const document = await restore(["-n", "secured"], 3);
  assert.match(document.failures[0].reason, /violates PodSecurity/);
  assert.equal(document.failures.length, 1);
  assert.equal(
    (await cluster.request("GET", ns)).metadata.labels["pod-security.kubernetes.io/enforce"],
    "restricted",
  );
  await remove(cluster, ns);
});

test("what has run does not run again, and is counted; KEEP_FINISHED keeps custom resources", async () => {
  const ns = await createNamespace("ran");
  for (const phase of ["Succeeded", "Failed", "Running"]) {
    const name = phase.toLowerCase();
    await create(`${ns}/pods`, { metadata: { name }, spec: POD });
    await cluster.request("PATCH", `${ns}/pods/${name}/status`, { status: { phase } });
  }
  const runs = `/apis/${GROUP}/v1/namespaces/ran/runs`;
  const states = {
    done: { conditions: [{ type: "Succeeded", status: "True" }] },
    broken: { conditions: [{ type: "Succeeded", status: "False" }], completionTime: "2026-01-01T00:00:00Z" },
    "at-work": { conditions: [{ type: "Succeeded", status: "Unknown" }] },
    fresh: {},
  };
  for (const [name, status] of Object.entries(states)) {
    const object = await create(runs, { apiVersion: `${GROUP}/v1`, kind: "Run", metadata: { name } });
    await cluster.request("PUT", `${runs}/${name}/status`, { ...object, status });
  }
  const { leftOut } = await backUp();
  assert.deepEqual(
    leftOut.filter(({ reason }: { reason: string }) => reason === "finished"),
    [
      { resource: "pods", objects: 2, reason: "finished" },
      { resource: `runs.${GROUP}`, objects: 2, reason: "finished" },
    ],
  );
  assert.equal((await run(["diff", "-n", "ran"])).status, 0);
  await remove(cluster, ns);
  const document = await restore(["-n", "ran"]);
  assert.deepEqual(document.failures, []);
  const names = async (collection: string) =>
    (await cluster.request("GET", collection)).items.map(
      ({ metadata }: { metadata: { name: string } }) => metadata.name,
    );
  assert.deepEqual(await names(`${ns}/pods`), ["running"]);
  assert.deepEqual(await names(runs), ["at-work", "fresh"]);

  await cluster.request("PATCH", `${runs}/fresh/status`, { status: states.done });
  stores += 1;
  const kept = await backUp("--keep-finished", "runs");
  assert.deepEqual(kept.leftOut, []);
  assert.equal((await run(["diff", "-n", "ran"])).status, 0);
  assert.equal(outcomeOf(await restore(["-n", "ran"]), "Run", "fresh"), "unchanged");
  await remove(cluster, ns);
});

test("labels of the namespace that every cluster has come back, unless somebody has changed it there", async () => {
  const ns = "/api/v1/namespaces/default";
  const labels = { "istio-injection": "enabled" };
  await cluster.request("PATCH", ns, { metadata: { labels, annotations: { team: "a" } } });
  await backUp();
  await cluster.request("PATCH", ns, {
    metadata: { labels: { "istio-injection": null }, annotations: { team: null } },
  });
  assert.equal(outcomeOf(await restore(), "Namespace", "default"), "updated");
  const { metadata } = await cluster.request("GET", ns);
  assert.deepEqual([metadata.labels["istio-injection"], metadata.annotations.team], ["enabled", "a"]);
  await cluster.request("PATCH", ns, { metadata: { labels: { "istio-injection": "disabled" } } });
  const document = await run(["restore", "--yes"]);
  assert.equal(document.status, 0, document.stderr);
  assert.match(
    document.stdout,
    /^1 exist and differ from the backup: left as they are .*\n {2}Namespace default$/m,
  );
  await cluster.request("PATCH", ns, {
    metadata: { labels: { "istio-injection": null }, annotations: { team: null } },
  });
  await remove(cluster, "/api/v1/namespaces/backuprestore-donotuse");
});

test("roles of the API server that a person has taken over come back", async () => {
  const role = "/apis/rbac.authorization.k8s.io/v1/clusterroles/system:discovery";
  const mine = { "rbac.authorization.kubernetes.io/autoupdate": "false" };
  const before = await cluster.request("GET", role);
  const rules = [...before.rules, { nonResourceURLs: ["/more"], verbs: ["get"] }];
  await cluster.request("PATCH", role, { metadata: { annotations: mine }, rules });
  await backUp();
  const annotations = { "rbac.authorization.kubernetes.io/autoupdate": "true" };
  await cluster.request("PATCH", role, { metadata: { annotations }, rules: before.rules });
  assert.equal(
    outcomeOf(await restore(["clusterrole/system:discovery"]), "ClusterRole", "system:discovery"),
    "updated",
  );
  const back = await cluster.request("GET", role);
  assert.deepEqual([back.rules, back.metadata.annotations], [rules, mine]);
  await cluster.request("PATCH", role, { metadata: { annotations }, rules: before.rules });
});

test("a namespace's owner references come back, and diff and restore agree on them", async () => {
  const tenants = `/apis/${GROUP}/v1/tenants`;
  const tenant = { apiVersion: `${GROUP}/v1`, kind: "Tenant", metadata: { name: "oil" } };
  const { metadata } = await create(tenants, tenant);
  const reference = {
    apiVersion: `${GROUP}/v1`,
    kind: "Tenant",
    name: "oil",
    uid: metadata.uid,
    controller: true,
  };
  const ns = await createNamespace("oil-prod");
  await cluster.request("PATCH", ns, { metadata: { ownerReferences: [reference] } });
  await backUp();
  await remove(cluster, ns);
  await remove(cluster, `${tenants}/oil`);
  const document = await restore();
  assert.deepEqual(document.failures, []);
  const now = await cluster.request("GET", `${tenants}/oil`);
  const back = await cluster.request("GET", ns);
  assert.deepEqual(back.metadata.ownerReferences, [{ ...reference, uid: now.metadata.uid }]);
  assert.equal((await run(["diff", "-n", "oil-prod"])).status, 0);
  await cluster.request("PATCH", ns, { metadata: { ownerReferences: null } });
  assert.equal((await run(["diff", "-n", "oil-prod"])).status, 1);
  assert.equal(
    outcomeOf(await restore(["-n", "oil-prod", "--existing", "update"]), "Namespace", "oil-prod"),
    "updated",
  );
  assert.equal((await run(["diff", "-n", "oil-prod"])).status, 0);
  await remove(cluster, ns);
  await remove(cluster, `${tenants}/oil`);
  await remove(cluster, "/api/v1/namespaces/backuprestore-donotuse");
});

test("a retained volume is bound to its claim again, by the restore or by the command that it names", async () => {
  const volumes = "/api/v1/persistentvolumes";
  const ns = await createNamespace("files");
  const size = { accessModes: ["ReadWriteOnce"], storageClassName: "manual" };
  const claimRef = { apiVersion: "v1", kind: "PersistentVolumeClaim", name: "files", namespace: "files" };
  await create(volumes, {
    metadata: { name: "nfs" },
    spec: {
      ...size,
      capacity: { storage: "1Gi" },
      persistentVolumeReclaimPolicy: "Retain",
      nfs: { server: "10.1.1.1", path: "/x" },
      claimRef,
    },
  });
  await create(`${ns}/persistentvolumeclaims`, {
    metadata: { name: "files" },
    spec: { ...size, resources: { requests: { storage: "1Gi" } } },
  });
  const bound = () =>
    until("the claim is bound", async () => {
      const { status } = await cluster.request("GET", `${ns}/persistentvolumeclaims/files`);
      return status.phase === "Bound";
    });
  const released = () =>
    until(
      "the volume is released",
      async () => (await cluster.request("GET", `${volumes}/nfs`)).status.phase === "Released",
    );
  await bound();
  await backUp();

  await remove(cluster, ns);
  await released();
  const different = await run(["diff", "--include-kinds", "pv"]);
  assert.match(different.stdout, /PersistentVolume nfs is Released: .* kubectl patch pv\/nfs/);
  const { notes } = await restore();
  assert.match(notes.join("\n"), /PersistentVolumeClaim files\/files gets it back/);
  await bound();

  await remove(cluster, ns);
  await released();
  const part = await restore(["-n", "files"]);
  assert.match(part.notes.join("\n"), /is not restored here: kubectl patch pv\/nfs/);
  const later = await restore(["pv/nfs", "--existing", "replace"]);
  assert.match(later.notes.join("\n"), /gets it back/);
  await bound();
  await remove(cluster, ns);
  await remove(cluster, `${volumes}/nfs`);
  await remove(cluster, "/api/v1/namespaces/backuprestore-donotuse");
});

test("what belongs to Pods and Nodes is left out, with a count, and diff does not miss it", async () => {
  const ns = await createNamespace("network");
  const pod = await create(`${ns}/pods`, { metadata: { name: "web-x" }, spec: POD });
  const node = await create("/api/v1/nodes", { metadata: { name: "worker" } });
  const endpoints = `/apis/${GROUP}/v1/namespaces/network/endpoints`;
  for (const [name, kind, uid] of [
    ["of-pod", "Pod", pod.metadata.uid],
    ["of-node", "Node", node.metadata.uid],
  ])
    await create(endpoints, {
      apiVersion: `${GROUP}/v1`,
      kind: "Endpoint",
      metadata: {
        name,
        ownerReferences: [{ apiVersion: "v1", kind, name: kind === "Pod" ? "web-x" : "worker", uid }],
      },
    });
  const { leftOut, kinds } = await backUp();
  assert.equal(kinds.Endpoint, undefined);
  assert.deepEqual(leftOut, [{ resource: `endpoints.${GROUP}`, objects: 2, reason: "owner left out" }]);
  await remove(cluster, ns);
  const document = await restore(["-n", "network"]);
  assert.deepEqual(
    [document.failures, document.notes.filter((note: string) => note.includes("owner"))],
    [[], []],
  );
  assert.equal(await exists(cluster, `${endpoints}/of-pod`), false);
  assert.equal((await run(["diff", "-n", "network"])).status, 0);
  await remove(cluster, ns);
  await remove(cluster, "/api/v1/nodes/worker");
});

test("restore, then diff: all alike, although controllers are still at work", async () => {
  for (let round = 1; round <= 3; round += 1) {
    stores += 1;
    const ns = await createNamespace(`flux-${round}`);
    const workload = (app: string) => ({
      selector: { matchLabels: { app } },
      template: { metadata: { labels: { app } }, spec: { containers: POD.containers } },
    });
    for (let number = 1; number <= 30; number += 1)
      await create(`/apis/apps/v1/namespaces/flux-${round}/deployments`, {
        metadata: { name: `web-${number}` },
        spec: { replicas: 1, ...workload(`web-${number}`) },
      });
    await create(`/apis/apps/v1/namespaces/flux-${round}/statefulsets`, {
      metadata: { name: "db" },
      spec: { serviceName: "db", ...workload("db") },
    });
    await until("each has its ReplicaSet", async () => {
      const { items } = await cluster.request("GET", `/apis/apps/v1/namespaces/flux-${round}/replicasets`);
      return items.length === 30;
    });
    await backUp();
    await remove(cluster, ns);
    await restore(["-n", `flux-${round}`]);
    const alike = await run(["diff", "-n", `flux-${round}`]);
    assert.equal(alike.status, 0, alike.stdout);
    await remove(cluster, ns);
  }
});
