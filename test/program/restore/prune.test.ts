/** `kube-backup restore --prune`: what it deletes, what it never deletes, and that it asks. */

import assert from "node:assert/strict";
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { beforeEach, test } from "node:test";
import { createArchive } from "../../../src/archive/writer.ts";
import { exists, FLAG, loadApplication, remove } from "../../support/cluster/cluster-contents.ts";
import type { ControlPlane } from "../../support/cluster/control-plane.ts";
import { withTestBed } from "../../support/cluster/test-bed.ts";
import { startApiProxy } from "../../support/faults/api-proxy.ts";
import { runProgram } from "../../support/program/program.ts";
import {
  collect,
  factsOf,
  NAMESPACES,
  NEVER,
  SECRETS,
  sampleObject,
  TIME,
} from "../../support/samples/sample-archive.ts";
import { runOnTerminal } from "../../support/terminal/run-on-terminal.ts";

const OTHER = "/api/v1/namespaces/other";

/** What is put into the cluster after the backup, and goes. */
const EXTRA = [
  configMap("data", "extra"),
  configMap("shop", "extra"),
  configMap("shop", "extra-web", { labels: { app: "web" } }),
  deployment("shop", "extra"),
];

/** The same, and stays: it holds data, is the cluster's own, or is in a namespace that the backup does not know. */
const STAYS = [
  {
    apiVersion: "v1",
    kind: "PersistentVolumeClaim",
    metadata: { namespace: "shop", name: "extra" },
    spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } },
  },
  configMap("kube-system", "extra"),
  configMap("other", "extra"),
  {
    apiVersion: "v1",
    kind: "Secret",
    metadata: {
      namespace: "shop",
      name: "token",
      annotations: { "kubernetes.io/service-account.name": "default" },
    },
    type: "kubernetes.io/service-account-token",
  },
];

let cluster: ControlPlane;
let folder: string;

withTestBed(async (bed) => {
  ({ cluster, folder } = bed);
  await Promise.all([loadApplication(cluster, "shop"), loadApplication(cluster, "data")]);
  const taken = await runProgram(["backup", "--kinds", "+persistentvolumeclaims"], { env: environment() });
  assert.equal(taken.status, 0, taken.stderr);
  await cluster.request("POST", "/api/v1/namespaces", { metadata: { name: "other" } });
});

beforeEach(async () => {
  const input = [...EXTRA, ...STAYS].map((object) => JSON.stringify(object)).join("\n---\n");
  await cluster.kubectl(["apply", "--server-side", "-f", "-"], { input });
  await cluster.kubectl(["rollout", "status", "deployment/extra", "-n", "shop", "--watch=false"]);
});

function configMap(namespace: string, name: string, more: object = {}) {
  return { apiVersion: "v1", kind: "ConfigMap", metadata: { namespace, name, ...more } };
}

function deployment(namespace: string, name: string) {
  const labels = { app: name };
  const template = { metadata: { labels }, spec: { containers: [{ name, image: "extra:1" }] } };
  const spec = { replicas: 1, selector: { matchLabels: labels }, template };
  return { apiVersion: "apps/v1", kind: "Deployment", metadata: { namespace, name }, spec };
}

function environment(): Record<string, string> {
  return { KUBECONFIG: cluster.kubeconfig, S3TARGET: `file://${folder}` };
}

/** Names of what the run deleted, or would delete. */
async function deleted(line: string, env = environment()): Promise<string[]> {
  const { status, stdout, stderr } = await runProgram(
    ["restore", "--prune", ...line.split(" "), "-o", "json"],
    {
      env,
    },
  );
  assert.equal(status, 0, `${stdout}${stderr}`);
  const { items, summary } = JSON.parse(stdout) as {
    items: { kind: string; namespace: string; name: string; outcome: string }[];
    summary: { deleted: number };
  };
  const found = items.filter(({ outcome }) => outcome === "deleted");
  assert.equal(summary.deleted, found.length);
  return found.map(({ kind, namespace, name }) => `${kind} ${namespace}/${name}`).sort();
}

async function there(objects: readonly { kind: string; metadata: object }[]): Promise<string[]> {
  const found: string[] = [];
  for (const { kind, metadata } of objects) {
    const { namespace, name } = metadata as { namespace: string; name: string };
    const group = kind === "Deployment" ? "/apis/apps/v1" : "/api/v1";
    if (await exists(cluster, `${group}/namespaces/${namespace}/${kind.toLowerCase()}s/${name}`))
      found.push(`${kind} ${namespace}/${name}`);
  }
  return found.sort();
}

test("a dry run lists what it would delete, by namespace, kind and label, and deletes nothing", async () => {
  const inShop = ["ConfigMap shop/extra", "ConfigMap shop/extra-web", "Deployment shop/extra"];
  const rows: [line: string, objects: string[]][] = [
    ["--dry-run", ["ConfigMap data/extra", ...inShop]],
    ["--dry-run=client", ["ConfigMap data/extra", ...inShop]],
    ["--dry-run -n shop", inShop],
    ["--dry-run=client --exclude-namespaces shop", ["ConfigMap data/extra"]],
    ["--dry-run=client -n shop --include-kinds deploy,pvc,ns", ["Deployment shop/extra"]],
    ["--dry-run=client --exclude-kinds cm", ["Deployment shop/extra"]],
    ["--dry-run=client -l app=web", ["ConfigMap shop/extra-web"]],
    // The namespace of the backup is one thing, that in the cluster another.
    ["--dry-run=client -n data --namespace-mapping data=other", ["ConfigMap other/extra"]],
  ];
  for (const [line, objects] of rows) assert.deepEqual(await deleted(line), objects, line);
  assert.equal((await there([...EXTRA, ...STAYS])).length, EXTRA.length + STAYS.length);
  const { stdout } = await runProgram(["restore", "--prune", "--dry-run", "-n", "shop"], {
    env: environment(),
  });
  assert.match(stdout, /^To delete:\n {2}ConfigMap shop\/extra\n/m);
});

test("on a terminal the list has a question of its own, and a no leaves everything", async () => {
  const list =
    /Not in backup_\w+, to be deleted:\n {2}ConfigMap shop\/extra\n.*\n {2}Deployment shop\/extra\n\nDelete these 3 objects\? \[y\/N\] /;
  const args = ["restore", "--prune", "-n", "shop"];
  const restore = /Restore backup_.* \[y\/N\] /;
  const no = await runOnTerminal(args, { env: environment() }, [
    [restore, "y\r"],
    [list, "n\r"],
  ]);
  assert.equal(no.status, 1, no.screen);
  assert.match(no.screen, /^What is extra +is deleted$/m);
  assert.equal((await there(EXTRA)).length, EXTRA.length);

  const yes = await runOnTerminal(args, { env: environment() }, [
    [restore, "y\r"],
    [list, "y\r"],
  ]);
  assert.equal(yes.status, 0, yes.screen);
  assert.match(yes.screen, /^Deleted:\n {2}ConfigMap shop\/extra\n(?:.*\n)*.* 3 deleted, 0 failed$/m);
  assert.deepEqual(await there(EXTRA), ["ConfigMap data/extra"]);
});

test("it deletes what is extra, and never data, the cluster's own, or what the backup does not know", async () => {
  await remove(cluster, FLAG);
  await deleted("--yes");
  assert.deepEqual(await there(EXTRA), []);
  assert.equal((await there(STAYS)).length, STAYS.length);
  assert.equal(await exists(cluster, OTHER), true);
  assert.equal(await exists(cluster, "/api/v1/namespaces/shop/configmaps/kube-root-ca.crt"), true);
  assert.equal(await exists(cluster, FLAG), true, "a restore of the whole");
  assert.deepEqual(await deleted("--yes"), []);
});

test("of a kind that the backup could not read to its end nothing is extra", async () => {
  const store = path.join(folder, "partial");
  await mkdir(store);
  const configMaps = { ...SECRETS, resource: "configmaps", kind: "ConfigMap" };
  const objects = [
    sampleObject(NAMESPACES, undefined, "data"),
    sampleObject(configMaps, "data", "settings", { color: "blue" }),
  ];
  const env = { ...environment(), S3TARGET: `file://${store}` };
  for (const missing of [[], [{ resource: "configmaps", reason: "the connection broke" }]]) {
    const archive = createArchive({ time: TIME });
    const bytes = collect(archive.bytes);
    for (const object of objects) await archive.add(object, NEVER);
    await archive.finish({ ...factsOf(objects), missing }, NEVER);
    await writeFile(path.join(store, "backup_20260102T030406Z.zip"), await bytes);
    const extra = await deleted("--dry-run=client", env);
    assert.deepEqual(extra, missing.length === 0 ? ["ConfigMap data/extra"] : []);
    const { stdout } = await runProgram(["restore", "--dry-run=client"], { env });
    assert.equal(/^The backup lacks configmaps, .* the connection broke$/m.test(stdout), missing.length > 0);
  }
});

test("an object that changes between being found and being deleted stays", async () => {
  const proxy = await startApiProxy(cluster);
  try {
    const extra = "/api/v1/namespaces/data/configmaps/extra";
    const changed = Promise.withResolvers<void>();
    proxy.inject({ when: ({ method }) => method === "DELETE", fault: { kind: "delay", ms: 1_500 } });
    proxy.onRequest(({ method, path: url }) => {
      if (method !== "DELETE" || url !== extra) return;
      cluster
        .request("PATCH", extra, { data: { now: "in use" } })
        .then(() => changed.resolve(), changed.reject);
    });
    const env = { ...environment(), KUBECONFIG: proxy.kubeconfig };
    const args = ["restore", "-n", "data", "--prune", "--yes", "-o", "json"];
    const { status, stdout, stderr } = await runProgram(args, { env });
    await changed.promise;
    assert.equal(status, 3, stderr);
    const { failures } = JSON.parse(stdout);
    assert.equal(failures[0].name, "extra");
    assert.match(failures[0].reason, /^not deleted: it has changed since it was found/);
    assert.equal(await exists(cluster, extra), true);
  } finally {
    await proxy.stop();
  }
});
