/** What comes back equals what was there. */

import assert from "node:assert/strict";
import path from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { exists, FLAG, remove } from "../../support/cluster/cluster-contents.ts";
import type { ControlPlane } from "../../support/cluster/control-plane.ts";
import { withTestBed } from "../../support/cluster/test-bed.ts";
import { clusterContents, unzipNewest } from "../../support/program/archive-contents.ts";
import { runProgram } from "../../support/program/program.ts";
import { loadRoundTripFixtures, waitUntilAtRest } from "../../support/samples/round-trip/load.ts";

let cluster: ControlPlane;
let folder: string;
let namespaces: readonly string[];

withTestBed(
  async (bed) => {
    ({ cluster, folder } = bed);
    ({ namespaces } = await loadRoundTripFixtures(cluster));
  },
  { dualStack: true },
);

function environment(store: string): Record<string, string> {
  return { KUBECONFIG: cluster.kubeconfig, S3TARGET: `file://${path.join(folder, store)}` };
}

test("backed up, deleted, restored and backed up again, the two archives hold the same to the byte", async (t) => {
  const first = await runProgram(["backup", "-o", "json"], { env: environment("first") });
  assert.equal(first.status, 0, first.stderr);
  const taken = JSON.parse(first.stdout);
  t.diagnostic(JSON.stringify(taken.kinds));
  const { Namespace: _namespaces, ...kinds } = taken.kinds as Record<string, number>;
  assert.ok(Object.values(kinds).reduce((sum, count) => sum + count, 0) >= 80, "at least 80 objects");
  assert.equal(Object.keys(kinds).length, 8, "of all eight kinds");

  await Promise.all(namespaces.map((name) => remove(cluster, `/api/v1/namespaces/${name}`)));
  const restored = await runProgram(["restore", "latest", "--yes", "-o", "json"], {
    env: environment("first"),
  });
  assert.equal(restored.status, 0, restored.stderr);
  const report = JSON.parse(restored.stdout);
  assert.deepEqual(report.failures, []);
  assert.equal(await exists(cluster, FLAG), true, "a whole restore by hand writes the flag");

  await waitUntilAtRest(cluster, namespaces);
  const second = await runProgram(["backup"], { env: environment("second") });
  assert.equal(second.status, 0, second.stderr);
  const [before, after] = await Promise.all(
    ["first", "second"].map(async (store) => clusterContents(await unzipNewest(path.join(folder, store)))),
  );
  assert.deepEqual(Object.keys(after ?? {}), Object.keys(before ?? {}));
  assert.deepEqual(after, before);
});

test("nothing that was restored is collected as garbage", async () => {
  const owners = async () => {
    const lists = ["/api/v1/configmaps", "/api/v1/secrets", "/api/v1/services", "/apis/apps/v1/replicasets"];
    const items = (await Promise.all(lists.map((list) => cluster.request("GET", list)))).flatMap(
      ({ items }) => items,
    );
    return items
      .filter(({ metadata }) => metadata.ownerReferences !== undefined)
      .map(({ metadata }) => metadata.uid)
      .sort();
  };
  const before = await owners();
  assert.ok(before.length > 10);
  // The collector deletes what has an owner that does not exist within 5 seconds.
  await sleep(8_000);
  assert.deepEqual(await owners(), before);
});

test("a restore over what is there changes nothing and says so", async () => {
  const result = await runProgram(["restore", "--yes", "-o", "json"], { env: environment("second") });
  assert.equal(result.status, 0, result.stderr);
  const { kinds } = JSON.parse(result.stdout);
  for (const [kind, outcomes] of Object.entries<Record<string, number>>(kinds)) {
    assert.deepEqual(
      { ...outcomes, unchanged: 0 },
      { created: 0, unchanged: 0, skipped: 0, failed: 0 },
      kind,
    );
  }
});

test("an object that differs is left as it is, and counted as skipped", async () => {
  const namespace = namespaces[0] ?? "";
  const settings = `/api/v1/namespaces/${namespace}/configmaps/kube-backup-changed`;
  await cluster.request("POST", path.dirname(settings), {
    metadata: { name: "kube-backup-changed" },
    data: { a: "1" },
  });
  const backup = await runProgram(["backup"], { env: environment("third") });
  assert.equal(backup.status, 0, backup.stderr);
  await cluster.request("PATCH", settings, { data: { a: "2" } });
  const result = await runProgram(["restore", "--yes", "-o", "json"], { env: environment("third") });
  assert.equal(result.status, 0, result.stderr);
  assert.equal(JSON.parse(result.stdout).kinds.ConfigMap.skipped, 1);
  assert.equal((await cluster.request("GET", settings)).data.a, "2");
  await remove(cluster, settings);
});

test("a restored Deployment has its revisions, and goes back to one of them", async () => {
  const deployments = await cluster.request("GET", "/apis/apps/v1/deployments");
  // The one with the longest history.
  const revision = (object: { metadata: { annotations?: Record<string, string> } }) =>
    Number(object.metadata.annotations?.["deployment.kubernetes.io/revision"] ?? 0);
  const deployment = deployments.items.sort(
    (left: never, right: never) => revision(right) - revision(left),
  )[0];
  const { namespace, name } = deployment.metadata;
  assert.ok(revision(deployment) > 2, "several revisions deep");
  const sets = () => cluster.request("GET", `/apis/apps/v1/namespaces/${namespace}/replicasets`);
  const before = await sets();
  await cluster.kubectl(["--namespace", namespace, "rollout", "undo", `deployment/${name}`]);
  await waitUntilAtRest(cluster, namespaces);
  const after = await cluster.request("GET", `/apis/apps/v1/namespaces/${namespace}/deployments/${name}`);
  assert.equal(revision(after), revision(deployment) + 1);
  assert.notDeepEqual(after.spec.template, deployment.spec.template);
  assert.equal((await sets()).items.length, before.items.length, "no ReplicaSet was made anew");
});

test("an unzipped file is taken by kubectl apply --server-side", async () => {
  const contents = clusterContents(await unzipNewest(path.join(folder, "first")));
  await Promise.all(namespaces.map((name) => remove(cluster, `/api/v1/namespaces/${name}`)));
  const files = Object.keys(contents).filter((name) => name.endsWith(".json"));
  const order = ["cluster/", "configmaps", "secrets", "services", "ingresses", "replicasets", ""];
  const rank = (file: string) => order.findIndex((part) => file.includes(part));
  for (const file of files.sort((left, right) => rank(left) - rank(right))) {
    await cluster.kubectl(["apply", "--server-side", "--force-conflicts", "-f", "-"], {
      input: contents[file] ?? "",
    });
  }
  await waitUntilAtRest(cluster, namespaces);
  const again = await runProgram(["backup"], { env: environment("by-hand") });
  assert.equal(again.status, 0, again.stderr);
  const byHand = clusterContents(await unzipNewest(path.join(folder, "by-hand")));
  assert.deepEqual(
    Object.keys(byHand).filter((name) => name.endsWith(".json")),
    files.sort(),
  );
});
