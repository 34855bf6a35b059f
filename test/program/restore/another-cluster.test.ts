/** A backup that another cluster made. */

import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, beforeEach, test } from "node:test";
import { exists, FLAG, loadApplication, RECORD, remove } from "../../support/cluster/cluster-contents.ts";
import { type ControlPlane, startControlPlane } from "../../support/cluster/control-plane.ts";
import { type RunningProgram, runProgram, startProgram } from "../../support/program/program.ts";
import { until } from "../../support/until.ts";

const SHOP = "/api/v1/namespaces/shop";

let lost: ControlPlane;
let here: ControlPlane;
let folder: string;

before(async () => {
  [lost, here] = await Promise.all([startControlPlane(), startControlPlane()]);
  folder = await mkdtemp(path.join(tmpdir(), "kube-backup-another-"));
  await loadApplication(lost, "shop");
  const taken = await runProgram(["backup"], { env: environment({ KUBECONFIG: lost.kubeconfig }) });
  assert.equal(taken.status, 0, taken.stderr);
});

after(async () => {
  await Promise.all([lost?.stop(), here?.stop()]);
  await rm(folder, { recursive: true, force: true });
});

beforeEach(async () => {
  const running = "/api/v1/namespaces/running";
  await Promise.all([remove(here, SHOP), remove(here, running), remove(here, FLAG), remove(here, RECORD)]);
});

function environment(more: Record<string, string> = {}): Record<string, string> {
  return {
    KUBECONFIG: here.kubeconfig,
    S3TARGET: `file://${folder}/store`,
    FREQUENCY: "60",
    MAXRESTOREAGE: "60",
    ...more,
  };
}

async function stop(program: RunningProgram): Promise<string> {
  program.child.kill("SIGTERM");
  const { status, stderr } = await program.ended;
  assert.equal(status, 0, stderr);
  return stderr;
}

test("it is restored into an empty cluster without a word, also with RESTORE_INTO_EMPTY_ONLY", async () => {
  const program = startProgram(["run"], { env: environment({ RESTORE_INTO_EMPTY_ONLY: "true" }) });
  await program.saw(/Restored backup_/);
  assert.doesNotMatch(await stop(program), /"level":"warn"/);
  assert.equal(await exists(here, `${SHOP}/configmaps/settings`), true);
});

test("it is restored with a warning into a cluster that runs things", async () => {
  await loadApplication(here, "running");
  const program = startProgram(["run"], { env: environment() });
  await program.saw(/Restored backup_/);
  assert.match(
    await stop(program),
    /"level":"warn".*was made by another cluster, .* already runs Deployment running\/web"/,
  );
  const diff = await runProgram(["diff"], { env: environment() });
  assert.match(diff.stdout + diff.stderr, /backup_\w+ was made by another cluster, [-0-9a-f]+; this one is/);
  const status = await runProgram(["status"], { env: environment() });
  assert.match(
    status.stdout,
    /^Restore flag +present, restored backup_\w+ of the cluster [-0-9a-f]+ from file:/m,
  );
  assert.match(status.stdout, /^Newest backup .*, of the cluster [-0-9a-f]+$/m);
});

test("it is refused there with RESTORE_INTO_EMPTY_ONLY, by the gate and by hand", async () => {
  await loadApplication(here, "running");
  for (const args of [["run"], ["restore", "--yes"], ["restore", "--yes", "--restore-into-empty-only"]]) {
    const env = environment(args.length === 3 ? {} : { RESTORE_INTO_EMPTY_ONLY: "true" });
    const result = await runProgram(args, { env });
    assert.equal(result.status, 1, result.stderr);
    assert.match(result.stderr, /Cannot restore: backup_\w+ was made by another cluster/);
    assert.equal(await exists(here, SHOP), false);
    assert.equal(await exists(here, FLAG), false);
  }
});

/** Objects that run something, and that an archive of ConfigMaps knows nothing of. */
const POD = { spec: { containers: [{ name: "c", image: "example.com/c" }] } };
const TEMPLATE = { ...POD, metadata: { labels: { app: "a" } } };
const WORKLOADS: [title: string, path: string, body: object][] = [
  ["Pod", "/api/v1/namespaces/running/pods", POD],
  [
    "ReplicationController",
    "/api/v1/namespaces/running/replicationcontrollers",
    { spec: { replicas: 0, selector: { app: "a" }, template: TEMPLATE } },
  ],
  [
    "CronJob",
    "/apis/batch/v1/namespaces/running/cronjobs",
    {
      spec: {
        schedule: "0 0 1 1 *",
        jobTemplate: { spec: { template: { spec: { ...POD.spec, restartPolicy: "Never" } } } },
      },
    },
  ],
  [
    "StatefulSet",
    "/apis/apps/v1/namespaces/running/statefulsets",
    { spec: { serviceName: "a", replicas: 0, selector: { matchLabels: { app: "a" } }, template: TEMPLATE } },
  ],
];

test("what runs is looked for whatever the backup holds: another cluster's ConfigMaps are refused too", async () => {
  const store = `file://${folder}/configmaps`;
  const taken = await runProgram(["backup", "--kinds", "configmaps"], {
    env: environment({ KUBECONFIG: lost.kubeconfig, S3TARGET: store }),
  });
  assert.equal(taken.status, 0, taken.stderr);
  const env = environment({ S3TARGET: store, RESTORE_INTO_EMPTY_ONLY: "true" });
  const part = ["restore", "-n", "shop", "--namespace-mapping", "shop=shop-old", "--yes"];
  for (const [kind, path, body] of WORKLOADS) {
    await here.request("POST", "/api/v1/namespaces", { metadata: { name: "running" } });
    await here.request("POST", path, { ...body, metadata: { name: "thing" } });
    for (const args of [["run"], ["run"], part, ["restore", "cm/settings", "-n", "shop", "--yes"]]) {
      const result = await runProgram(args, { env });
      assert.equal(result.status, 1, `${kind}, ${args.join(" ")}: ${result.stderr}`);
      assert.match(result.stderr, new RegExp(`already runs ${kind} running/thing`));
      assert.equal(await exists(here, SHOP), false);
      assert.equal(await exists(here, RECORD), false);
    }
    await remove(here, "/api/v1/namespaces/running");
  }
  const planned = await runProgram([...part, "--dry-run"], { env });
  assert.equal(planned.status, 0, planned.stderr);
});

test("what is finished, labelled, or the program's own does not count as running", async () => {
  await here.request("POST", "/api/v1/namespaces", { metadata: { name: "running" } });
  const labels = { "kube-backup/exclude": "true" };
  await here.request("POST", "/apis/apps/v1/namespaces/running/deployments", {
    metadata: { name: "bootstrap", labels },
    spec: { selector: { matchLabels: { app: "a" } }, template: TEMPLATE },
  });
  await here.request("POST", "/api/v1/namespaces/running/pods", { ...POD, metadata: { name: "done" } });
  await here.request("PATCH", "/api/v1/namespaces/running/pods/done/status", {
    status: { phase: "Succeeded" },
  });
  const program = startProgram(["run"], { env: environment({ RESTORE_INTO_EMPTY_ONLY: "true" }) });
  await program.saw(/Restored backup_/);
  await stop(program);
});

test("who may list nothing is refused with RESTORE_INTO_EMPTY_ONLY, and who may list something is told of the rest", async () => {
  await here.kubectl(["create", "serviceaccount", "blind", "--namespace=default"]);
  await here.kubectl([
    ..."create clusterrole blind --verb=get,create,patch,delete --resource=configmaps,namespaces".split(" "),
  ]);
  await here.kubectl(
    "create clusterrolebinding blind --clusterrole=blind --serviceaccount=default:blind".split(" "),
  );
  const KUBECONFIG = await here.serviceAccountKubeconfig("default", "blind");
  const S3TARGET = `file://${folder}/configmaps`;
  const env = environment({ KUBECONFIG, S3TARGET, RESTORE_INTO_EMPTY_ONLY: "true" });
  const refused = await runProgram(["restore", "--yes"], { env });
  assert.equal(refused.status, 1, refused.stderr);
  assert.match(refused.stderr, /what it runs is not known, without the right to list deployments\.apps, /);
  assert.equal(await exists(here, SHOP), false);

  await here.kubectl("create clusterrole sees --verb=list --resource=deployments.apps".split(" "));
  await here.kubectl(
    "create clusterrolebinding sees --clusterrole=sees --serviceaccount=default:blind".split(" "),
  );
  await until("the right is there", async () => {
    const { status, stderr } = await runProgram(["restore", "--yes", "--no-flag"], { env });
    if (status === 1) return false;
    assert.match(stderr, /"level":"warn".*"pods"\].*Whether these run here already is not known/);
    return true;
  });
});
