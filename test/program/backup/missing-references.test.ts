/** Warnings of what objects name and a backup does not hold, one a kind. */

import assert from "node:assert/strict";
import { before, describe, it, test } from "node:test";
import { exists, FLAG, remove } from "../../support/cluster/cluster-contents.ts";
import type { ControlPlane } from "../../support/cluster/control-plane.ts";
import { withTestBed } from "../../support/cluster/test-bed.ts";
import { type Definition, define, OPEN_VERSION } from "../../support/engine/rig.ts";
import { startApiProxy } from "../../support/faults/api-proxy.ts";
import { runProgram, startProgram } from "../../support/program/program.ts";
import { until } from "../../support/until.ts";

const OPEN = { namespaced: true, versions: [OPEN_VERSION] };
const SNAPSHOTS: Definition = {
  ...OPEN,
  group: "snapshot.storage.k8s.io",
  plural: "volumesnapshots",
  kind: "VolumeSnapshot",
};
const THINGS: Definition = { ...OPEN, group: "example.com", plural: "things", kind: "Thing" };

let cluster: ControlPlane;
let folder: string;

withTestBed(async (bed) => {
  ({ cluster, folder } = bed);
  await define(bed, [SNAPSHOTS, THINGS]);
  await cluster.kubectl(["create", "namespace", "shop"]);
  // The cluster removes tokens of a ServiceAccount that is not there yet.
  await until("the namespace has its ServiceAccount", () =>
    cluster.request("GET", "/api/v1/namespaces/shop/serviceaccounts/default").then(() => true),
  );
  const input = objects()
    .map((object) => JSON.stringify(object))
    .join("\n---\n");
  await cluster.kubectl(["create", "-f", "-"], { input });
  // The Endpoints that a person wrote are mirrored, and the mirror counts for nothing.
  const slices = "/apis/discovery.k8s.io/v1/namespaces/shop/endpointslices";
  await until(
    "the Endpoints are mirrored",
    async () => (await cluster.request("GET", slices)).items.length === 2,
  );
});

function object(apiVersion: string, kind: string, name: string, body: object = {}, metadata: object = {}) {
  return { apiVersion, kind, metadata: { namespace: "shop", name, ...metadata }, ...body };
}

function objects(): object[] {
  const volumes = [
    { name: "token", secret: { secretName: "token" } },
    { name: "scratch", configMap: { name: "scratch" } },
  ];
  const labels = { app: "web" };
  const template = { metadata: { labels }, spec: { volumes, containers: [{ name: "web", image: "web:1" }] } };
  const ports = [{ port: 5432 }];
  const rbac = "rbac.authorization.k8s.io";
  return [
    object(
      "v1",
      "Secret",
      "token",
      { type: "kubernetes.io/service-account-token" },
      {
        annotations: { "kubernetes.io/service-account.name": "default" },
      },
    ),
    object("v1", "ConfigMap", "scratch", {}, { labels: { "kube-backup/exclude": "true" } }),
    object("apps/v1", "Deployment", "web", { spec: { selector: { matchLabels: labels }, template } }),
    object("v1", "Service", "db", { spec: { ports } }),
    object("v1", "Endpoints", "db", { subsets: [{ addresses: [{ ip: "192.0.2.1" }], ports }] }),
    object("v1", "Service", "queue", { spec: { ports } }),
    object(
      "discovery.k8s.io/v1",
      "EndpointSlice",
      "queue-1",
      { addressType: "IPv4", endpoints: [{ addresses: ["192.0.2.2"] }], ports: [] },
      {
        labels: { "kubernetes.io/service-name": "queue" },
      },
    ),
    // Nothing is behind this one, and nothing is missing.
    object("v1", "Service", "nothing", { spec: { ports } }),
    object("snapshot.storage.k8s.io/v1", "VolumeSnapshot", "monday", { spec: {} }),
    object("example.com/v1", "Thing", "thing"),
    object("v1", "PersistentVolumeClaim", "data", {
      spec: {
        accessModes: ["ReadWriteOnce"],
        resources: { requests: { storage: "1Gi" } },
        dataSource: { apiGroup: "snapshot.storage.k8s.io", kind: "VolumeSnapshot", name: "monday" },
      },
    }),
    object("autoscaling/v2", "HorizontalPodAutoscaler", "thing", {
      spec: {
        maxReplicas: 3,
        scaleTargetRef: { apiVersion: "example.com/v1", kind: "Thing", name: "thing" },
      },
    }),
    object(`${rbac}/v1`, "Role", "reader", { rules: [] }),
    object(`${rbac}/v1`, "RoleBinding", "reader", {
      roleRef: { apiGroup: rbac, kind: "Role", name: "reader" },
      subjects: [{ kind: "ServiceAccount", namespace: "shop", name: "default" }],
    }),
  ];
}

/** What the role of kube-backup.yml may list. */
const EIGHT = [
  ...["namespaces", "configmaps", "secrets", "services", "ingresses"],
  ...["replicasets", "daemonsets", "statefulsets", "deployments"],
];

async function warningsOf(kinds: string): Promise<string[]> {
  const env = { KUBECONFIG: cluster.kubeconfig, S3TARGET: `file://${folder}`, KINDS: kinds };
  const { status, stdout, stderr } = await runProgram(["backup", "-o", "json"], { env });
  assert.equal(status, 0, stderr);
  return JSON.parse(stdout).warnings;
}

const OF_WORKLOADS = [
  "1 object names 1 secrets of the type kubernetes.io/service-account-token, which no backup holds (shop/token): only the cluster can make them; apply their manifests after a restore, or use projected volumes",
  "1 object names 1 configmaps that a label leaves out of the backup (shop/scratch)",
];

test("tokens, what a label leaves out, and what is behind Services without selector", async () => {
  assert.deepEqual(
    (await warningsOf("+secrets")).sort(),
    [
      ...OF_WORKLOADS,
      "1 object names 1 endpoints that the backup does not hold (shop/db): to have them in it, add +endpoints to KINDS",
      "1 object names 1 endpointslices.discovery.k8s.io that the backup does not hold (shop/queue): to have them in it, add +endpointslices.discovery.k8s.io to KINDS",
    ].sort(),
  );
  assert.deepEqual((await warningsOf("+endpoints,endpointslices")).sort(), OF_WORKLOADS.toSorted());
});

test("custom resources without their definition, snapshots of claims, targets of autoscalers, roles of bindings", async () => {
  const more = (await warningsOf("+endpoints,endpointslices,pvc,hpa,rolebindings")).filter(
    (line) => !OF_WORKLOADS.includes(line),
  );
  assert.deepEqual(more.sort(), [
    "1 object names 1 roles.rbac.authorization.k8s.io that the backup does not hold (shop/reader): to have them in it, add +roles.rbac.authorization.k8s.io to KINDS",
    "1 object names 1 things.example.com that the backup does not hold (shop/thing): to have them in it, add +things.example.com to KINDS",
    "1 object names 1 volumesnapshots.snapshot.storage.k8s.io that the backup does not hold (shop/monday): to have them in it, add +volumesnapshots.snapshot.storage.k8s.io to KINDS",
  ]);
  const custom = (await warningsOf("things,volumesnapshots")).sort();
  assert.deepEqual(custom, [
    "The backup holds 2 kinds of custom resources without 2 of their definitions (things.example.com, volumesnapshots.snapshot.storage.k8s.io): a new cluster that does not have them refuses such objects, and the restore gate does not pass; add +customresourcedefinitions.apiextensions.k8s.io to KINDS",
  ]);
  assert.deepEqual(await warningsOf("things,volumesnapshots,crd"), []);
});

test("what exists and is not kept is one line of backup, list --long and status, with counts", async () => {
  const env = { KUBECONFIG: cluster.kubeconfig, S3TARGET: `file://${folder}/not-kept` };
  const taken = await runProgram(["backup"], { env });
  assert.equal(taken.status, 0, taken.stderr);
  const line = /^Not kept: .*\(--kinds all keeps them\)$/m.exec(taken.stdout)?.[0] ?? "";
  // What people make in namespaces comes first. What every cluster comes with, and kinds without objects, are not there.
  assert.equal(
    line,
    "Not kept: PersistentVolumeClaims (1), HorizontalPodAutoscalers (1), RoleBindings (1), Roles (1), things.example.com (1), volumesnapshots.snapshot.storage.k8s.io (1), CustomResourceDefinitions (2) (--kinds all keeps them)",
  );
  const long = await runProgram(["list", "--long"], { env });
  assert.ok(long.stdout.includes(`: ${line}\n`), long.stdout);
  const status = await runProgram(["status"], { env });
  assert.ok(status.stdout.includes(`\n${line}\n`), status.stdout);
  const { notKept } = JSON.parse((await runProgram(["backup", "-o", "json"], { env })).stdout);
  assert.deepEqual(
    notKept.find(({ resource }: { resource: string }) => resource === "things.example.com"),
    { resource: "things.example.com", kind: "Thing", objects: 1 },
  );
  const all = await runProgram(["backup", "--kinds", "all"], { env });
  assert.doesNotMatch(all.stdout, /Not kept/);
});

test("what these credentials may not list is named without a count, and nothing refused is tried", async () => {
  const rbac = "/apis/rbac.authorization.k8s.io/v1";
  const accounts = "/api/v1/namespaces/shop/serviceaccounts";
  const reader = { metadata: { name: "reader" } };
  await cluster.request("POST", accounts, reader);
  await cluster.request("POST", `${rbac}/clusterroles`, {
    ...reader,
    rules: [{ apiGroups: ["", "apps", "networking.k8s.io"], resources: EIGHT, verbs: ["list", "get"] }],
  });
  await cluster.request("POST", `${rbac}/clusterrolebindings`, {
    ...reader,
    roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "reader" },
    subjects: [{ kind: "ServiceAccount", namespace: "shop", name: "reader" }],
  });
  const { status } = await cluster.request("POST", `${accounts}/reader/token`, {
    spec: { expirationSeconds: 86_400 },
  });
  const { server, caFile } = cluster;
  const proxy = await startApiProxy({ server, caFile, folder, token: status.token });
  try {
    const env = { KUBECONFIG: proxy.kubeconfig, S3TARGET: `file://${folder}/reader-store` };
    const taken = await runProgram(["backup"], { env });
    assert.equal(taken.status, 0, taken.stderr);
    assert.match(taken.stdout, /^Not kept: not counted, .*\(--kinds all keeps them\)$/m);
    const counts = proxy.requests.filter(({ path }) => path.includes("serviceaccounts"));
    assert.deepEqual(counts, []);
  } finally {
    await proxy.stop();
  }
});

describe("a restore and a rehearsal say what is back and cannot work", () => {
  const RUNNER = "/api/v1/namespaces/shop/serviceaccounts/runner";
  const CANNOT =
    "1 Deployment cannot start: its ServiceAccount is neither in the backup nor in this cluster (shop/api)";
  const COULD_NOT = CANNOT.replace("cannot", "could not");
  const env = () => ({ KUBECONFIG: cluster.kubeconfig, S3TARGET: `file://${folder}/unmet` });

  before(async () => {
    const labels = { app: "api" };
    const containers = [{ name: "api", image: "api:1", envFrom: [{ configMapRef: { name: "settings" } }] }];
    const template = { metadata: { labels }, spec: { serviceAccountName: "runner", containers } };
    const claim = {
      metadata: { name: "data" },
      spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } },
    };
    const spec = { selector: { matchLabels: labels }, template };
    const input = [
      object("v1", "ServiceAccount", "runner"),
      object("v1", "ConfigMap", "settings"),
      object("apps/v1", "Deployment", "api", { spec }),
      object("v1", "PersistentVolumeClaim", "data-db-0", { spec: claim.spec }),
      object("apps/v1", "StatefulSet", "db", {
        spec: {
          selector: { matchLabels: labels },
          template: { ...template, spec: { containers } },
          volumeClaimTemplates: [claim],
        },
      }),
    ].map((each) => JSON.stringify(each));
    await cluster.kubectl(["create", "-f", "-"], { input: input.join("\n---\n") });
    const taken = await runProgram(["backup"], { env: env() });
    assert.equal(taken.status, 0, taken.stderr);
  });

  /** Runs a restore, and returns all that it says. */
  async function restore(line: string, status: number): Promise<string> {
    const result = await runProgram(["restore", ...line.split(" ")], { env: env() });
    assert.equal(result.status, status, result.stderr + result.stdout);
    return result.stdout + result.stderr;
  }

  it("nothing where the cluster has what the backup lacks, and nothing of other objects", async () => {
    for (const line of ["deploy/web -n shop --yes", "deploy/api -n shop --dry-run", "-n shop --yes"])
      assert.doesNotMatch(await restore(line, 0), / names? |cannot|could not|serviceaccounts|configmaps/);
    const rehearsed = await runProgram(["verify", "--rehearse"], { env: env() });
    assert.equal(rehearsed.status, 0, rehearsed.stdout + rehearsed.stderr);
  });

  it("of one object, of the whole and in dry runs once, with status 3", async () => {
    await remove(cluster, RUNNER);
    const one = await restore("deploy/api -n shop --yes", 3);
    assert.equal(one.split(CANNOT).length, 2, one);
    assert.match(one, /Not all of backup_\w+ works: 1 object lacks what it names/);
    assert.match(one, /--kinds \+serviceaccounts, or all/);
    assert.match(await restore("deploy/web -n shop --yes", 0), /restored: /);
    assert.equal((await restore("--dry-run", 3)).split(COULD_NOT).length, 2);
    const whole = await runProgram(["restore", "--yes", "--no-flag", "-o", "json"], { env: env() });
    assert.equal(whole.status, 3, whole.stderr);
    const { missingReferences, notes } = JSON.parse(whole.stdout);
    assert.deepEqual(missingReferences, [
      {
        kind: "Deployment",
        resource: "serviceaccounts",
        neededKind: "ServiceAccount",
        effect: "start",
        where: "nowhere",
        objects: ["shop/api"],
        needed: ["shop/runner"],
      },
    ]);
    assert.deepEqual(notes, []);
  });

  it("in a rehearsal", async () => {
    const rehearsed = await runProgram(["verify", "--rehearse"], { env: env() });
    assert.equal(rehearsed.status, 3, rehearsed.stdout);
    assert.ok(rehearsed.stdout.includes(`\n${COULD_NOT}\n`), rehearsed.stdout);
    assert.match(rehearsed.stderr, /could be restored wholly today, and 1 of \d+ objects would lack/);
  });

  it("what the backup has and nobody restored, and what a controller makes anew", async () => {
    await remove(cluster, "/api/v1/namespaces/shop/configmaps/settings");
    await remove(cluster, "/api/v1/namespaces/shop/persistentvolumeclaims/data-db-0");
    const said = await restore("sts/db -n shop --yes", 3);
    assert.match(
      said,
      /^1 StatefulSet cannot start: its ConfigMap is in the backup, and neither restored with it/m,
    );
    assert.match(
      said,
      /^1 StatefulSet starts with new and empty volumes: its PersistentVolumeClaim is neither/m,
    );
    assert.match(said, /Restore what the backup has of it too/);
  });

  it("at the gate as warnings, and the flag is written", async () => {
    await remove(cluster, FLAG);
    const program = startProgram(["run"], {
      env: { ...env(), FREQUENCY: "60", MAXRESTOREAGE: "60" },
    });
    try {
      await program.saw(/Not kept: /);
    } finally {
      program.child.kill("SIGTERM");
    }
    const { stderr } = await program.ended;
    assert.equal(stderr.split(CANNOT).length, 2, stderr);
    assert.match(stderr, /"level":"warn",[^\n]*1 Deployment cannot start/);
    assert.equal(await exists(cluster, FLAG), true);
  });
});
