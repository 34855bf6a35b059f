/** `restore --wait`, in a control plane without nodes: what wants no Pods becomes ready, and nothing else. */

import assert from "node:assert/strict";
import { mkdtemp } from "node:fs/promises";
import path from "node:path";
import { test } from "node:test";
import { remove } from "../../support/cluster/cluster-contents.ts";
import type { ControlPlane } from "../../support/cluster/control-plane.ts";
import { withTestBed } from "../../support/cluster/test-bed.ts";
import { runProgram } from "../../support/program/program.ts";

const PATH = "/apis/apps/v1/namespaces/shop/deployments";

const JOBS = "/apis/batch/v1/namespaces/jobs/jobs";

const REST = "/apis/apps/v1/namespaces/rest/deployments";

let cluster: ControlPlane;
let env: Record<string, string>;

withTestBed(async (bed) => {
  ({ cluster } = bed);
  const store = await mkdtemp(path.join(bed.folder, "store-"));
  env = { KUBECONFIG: cluster.kubeconfig, S3TARGET: `file://${store}` };
  await cluster.request("POST", "/api/v1/namespaces", { metadata: { name: "shop" } });
  const template = {
    metadata: { labels: { app: "web" } },
    spec: { containers: [{ name: "web", image: "web:1" }] },
  };
  await cluster.request("POST", PATH, {
    metadata: { name: "web" },
    spec: { replicas: 2, selector: { matchLabels: { app: "web" } }, template },
  });
  await cluster.request("POST", "/api/v1/namespaces", { metadata: { name: "rest" } });
  await cluster.request("POST", REST, {
    metadata: { name: "web" },
    spec: { replicas: 0, selector: { matchLabels: { app: "web" } }, template },
  });
  await cluster.request("POST", "/api/v1/namespaces", { metadata: { name: "jobs" } });
  const never = { spec: { ...template.spec, restartPolicy: "Never" } };
  for (const [name, spec] of [
    ["long", { template: never }],
    ["asleep", { template: never, suspend: true }],
  ] as const)
    await cluster.request("POST", JOBS, { metadata: { name }, spec });
  const { status, stderr } = await runProgram(["backup", "--kinds", "+jobs"], { env });
  assert.equal(status, 0, stderr);
});

test("what is not ready when the time is over is named, and the status is 3", async () => {
  await remove(cluster, `${PATH}/web`);
  const args = ["restore", "-n", "shop", "--yes", "--wait", "--timeout", "3s"];
  const { status, stdout, stderr } = await runProgram([...args, "-o", "json"], { env });
  assert.equal(status, 3, stderr);
  assert.match(stderr, /Not all of backup_\w+ is ready: 1 workload is not/);
  const { summary, waited, notes } = JSON.parse(stdout);
  assert.equal(summary.failed, 0);
  assert.deepEqual(
    waited.notReady.map(({ kind, namespace, name }: Record<string, string>) => [kind, namespace, name]),
    [["Deployment", "shop", "web"]],
  );
  assert.ok(
    notes.some((note: string) => /^Not ready after 3s: Deployment shop\/web \(/.test(note)),
    notes.join(),
  );
});

test("what becomes ready meanwhile ends the waiting", async () => {
  await remove(cluster, `${REST}/web`);
  const args = ["restore", "-n", "rest", "--yes", "--wait", "-o", "json"];
  const { status, stdout, stderr } = await runProgram(args, { env });
  assert.equal(status, 0, stdout + stderr);
  assert.deepEqual(JSON.parse(stdout).waited, { ready: 1, notReady: [] });
});

test("Jobs are waited for where that is asked for, until they are complete", async () => {
  const run = async (flags: readonly string[]) => {
    for (const name of ["long", "asleep"]) await remove(cluster, `${JOBS}/${name}`);
    const args = ["restore", "-n", "jobs", "--yes", "--wait", ...flags, "-o", "json"];
    const { status, stdout, stderr } = await runProgram(args, { env });
    return { status, stderr, waited: JSON.parse(stdout).waited };
  };
  const without = await run([]);
  assert.deepEqual([without.status, without.waited], [0, { ready: 0, notReady: [] }], without.stderr);
  const { status, stderr, waited } = await run(["--wait-for-jobs", "--timeout", "3s"]);
  assert.equal(status, 3, stderr);
  assert.deepEqual(waited, {
    ready: 1,
    notReady: [{ kind: "Job", namespace: "jobs", name: "long", reason: "0 of 1 Pods have succeeded" }],
  });
});

test("a time without --wait, and --wait of a dry run, are wrong usage", async () => {
  const lines: [args: string[], problem: RegExp][] = [
    [["--timeout", "5m"], /--timeout says how long --wait waits/],
    [["--wait-for-jobs"], /--wait-for-jobs says what --wait waits for, too/],
    [["--wait", "--dry-run"], /--wait waits for what a restore writes/],
    [["--wait", "--timeout", "soon"], /--timeout \\?"soon\\?" is no length of time/],
  ];
  for (const [args, problem] of lines) {
    const { status, stderr } = await runProgram(["restore", ...args, "--yes"], { env });
    assert.equal(status, 2, stderr);
    assert.match(stderr, problem);
  }
});
