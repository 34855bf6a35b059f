/** `restore --paused`, and `resume`, which starts what it has paused. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { loadApplication, remove } from "../../support/cluster/cluster-contents.ts";
import type { ControlPlane } from "../../support/cluster/control-plane.ts";
import { withTestBed } from "../../support/cluster/test-bed.ts";
import { type ProgramResult, runProgram } from "../../support/program/program.ts";
import { runOnTerminal } from "../../support/terminal/run-on-terminal.ts";
import { until } from "../../support/until.ts";

const SHOP = "/api/v1/namespaces/shop";
const DEPLOYMENTS = "/apis/apps/v1/namespaces/shop/deployments";
const SETS = "/apis/apps/v1/namespaces/shop/replicasets";
const CRON_JOB = "/apis/batch/v1/namespaces/shop/cronjobs/night";
const JOB = "/apis/batch/v1/namespaces/shop/jobs/once";
const STATEFUL_SET = "/apis/apps/v1/namespaces/shop/statefulsets/db";

let cluster: ControlPlane;
let folder: string;
let original: string;

withTestBed(async (bed) => {
  ({ cluster, folder } = bed);
  await loadApplication(cluster, "shop");
  const input = workloads()
    .map((object) => JSON.stringify(object))
    .join("\n---\n");
  await cluster.kubectl(["apply", "--server-side", "-f", "-"], { input });
  original = await backUp();
});

function workloads(): object[] {
  const metadata = (name: string) => ({ name, namespace: "shop" });
  const pod = (app: string, restartPolicy = "Always") => ({
    metadata: { labels: { app } },
    spec: { restartPolicy, containers: [{ name: app, image: "example.com/app:1" }] },
  });
  const of = (app: string) => ({ selector: { matchLabels: { app } }, template: pod(app) });
  return [
    {
      ...{ apiVersion: "apps/v1", kind: "StatefulSet", metadata: metadata("db") },
      spec: { serviceName: "db", replicas: 3, ...of("db") },
    },
    { apiVersion: "apps/v1", kind: "DaemonSet", metadata: metadata("agent"), spec: of("agent") },
    {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: metadata("idle"),
      spec: { replicas: 0, ...of("idle") },
    },
    {
      ...{ apiVersion: "batch/v1", kind: "CronJob", metadata: metadata("night") },
      spec: { schedule: "0 3 * * *", jobTemplate: { spec: { template: pod("night", "OnFailure") } } },
    },
    {
      ...{ apiVersion: "batch/v1", kind: "Job", metadata: metadata("once") },
      spec: { template: pod("once", "OnFailure") },
    },
    {
      ...{ apiVersion: "autoscaling/v2", kind: "HorizontalPodAutoscaler", metadata: metadata("web") },
      spec: {
        ...{ minReplicas: 2, maxReplicas: 5 },
        scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "web" },
      },
    },
  ];
}

async function run(line: string, status: number): Promise<ProgramResult> {
  const env = { KUBECONFIG: cluster.kubeconfig, S3TARGET: `file://${folder}` };
  const result = await runProgram(line.split(" "), { env });
  assert.equal(result.status, status, `${line}\n${result.stdout}${result.stderr}`);
  return result;
}

async function backUp(): Promise<string> {
  return JSON.parse((await run("backup --kinds all -o json", 0)).stdout).name;
}

/** Brings `shop` back from a backup, paused. */
async function restorePaused(backup: string): Promise<{ notes: string[]; paused: boolean }> {
  await remove(cluster, SHOP);
  return JSON.parse((await run(`restore ${backup} -n shop --paused --yes -o json`, 0)).stdout);
}

/** What workloads have: replicas, or whether they are suspended. */
async function state(): Promise<Record<string, unknown>> {
  const [web, idle, db, night, once] = await Promise.all(
    [`${DEPLOYMENTS}/web`, `${DEPLOYMENTS}/idle`, STATEFUL_SET, CRON_JOB, JOB].map((each) =>
      cluster.request("GET", each),
    ),
  );
  return {
    web: web.spec.replicas,
    idle: idle.spec.replicas,
    db: db.spec.replicas,
    night: night.spec.suspend,
    once: once.spec.suspend,
  };
}

const PAUSED = { web: 0, idle: 0, db: 0, night: true, once: true };
const RUNNING = { web: 2, idle: 0, db: 3, night: false, once: false };

interface Item {
  kind: string;
  name: string;
  outcome: string;
  replicas: number | null;
  suspend: boolean | null;
}

async function resume(flags: string, status = 0): Promise<{ items: Item[]; notes: string[] }> {
  return JSON.parse((await run(`resume -n shop -o json ${flags}`, status)).stdout);
}

function outcomes({ items }: { items: Item[] }): string[] {
  return items
    .map(({ kind, name, outcome, replicas, suspend }) => `${kind} ${name} ${outcome} ${replicas ?? suspend}`)
    .sort();
}

const STARTED = [
  "CronJob night resumed false",
  "Deployment web resumed 2",
  "Job once resumed false",
  "StatefulSet db resumed 3",
];

test("workloads come back at rest, and resume gives each what it had", async () => {
  const { notes, paused } = await restorePaused(original);
  assert.equal(paused, true);
  const told = notes.join("\n");
  assert.match(told, /1 Deployment.* paused: kube-backup resume -n NAMESPACE starts them again/);
  assert.match(told, /1 DaemonSet cannot be paused: shop\/agent/);
  assert.deepEqual(await state(), PAUSED);
  const { items: sets } = await cluster.request("GET", SETS);
  assert.deepEqual(
    sets.map(({ spec }: { spec: { replicas: number } }) => spec.replicas),
    sets.map(() => 0),
  );
  const { metadata } = await cluster.request("GET", `${DEPLOYMENTS}/idle`);
  assert.equal(metadata.annotations?.["kube-backup/paused"], undefined);

  const planned = await resume("--dry-run");
  assert.deepEqual(
    outcomes(planned),
    STARTED.map((line) => line.replace("resumed", "planned")),
  );
  assert.deepEqual(planned.notes, ["HorizontalPodAutoscaler web scales Deployment web from then on"]);
  assert.deepEqual(await state(), PAUSED);

  assert.deepEqual(outcomes(await resume("--yes")), STARTED);
  assert.deepEqual(await state(), RUNNING);
  await until("the ReplicaSet follows", async () => {
    const { items } = await cluster.request("GET", SETS);
    return items.some(({ spec }: { spec: { replicas: number } }) => spec.replicas === 2);
  });
  // The Deployment controller copies the annotations of Deployments.
  await until("no ReplicaSet has an annotation left", async () => {
    const { items } = await cluster.request("GET", SETS);
    return items.every(
      ({ metadata }: { metadata: { annotations: object } }) =>
        !("kube-backup/paused" in metadata.annotations),
    );
  });
  await run(`diff ${original} -n shop --include-kinds deploy,rs,sts,cj`, 0);
  assert.deepEqual((await resume("--yes")).items, []);
  assert.match((await run("resume -n shop --yes", 0)).stdout, /^Nothing is paused in the namespace shop$/m);
});

test("a backup of a paused cluster keeps what its workloads had, so that resume works after it", async () => {
  await restorePaused(original);
  const again = await backUp();
  await remove(cluster, SHOP);
  await run(`restore ${again} -n shop --yes`, 0);
  assert.deepEqual(await state(), PAUSED);
  assert.deepEqual(outcomes(await resume("--yes")), STARTED);
  assert.deepEqual(await state(), RUNNING);
});

test("what somebody has started is left as it is, and what is not the program's own is refused", async () => {
  await restorePaused(original);
  // Within what its HorizontalPodAutoscaler takes: it would make 2 of 1 at any moment.
  await cluster.request("PATCH", `${DEPLOYMENTS}/web`, { spec: { replicas: 3 } });
  const annotations = { "kube-backup/paused": "three" };
  await cluster.request("PATCH", STATEFUL_SET, { metadata: { annotations } });
  const result = await resume("--yes", 3);
  assert.deepEqual(outcomes(result), [
    "CronJob night resumed false",
    "Deployment web kept null",
    "Job once resumed false",
    "StatefulSet db failed null",
  ]);
  assert.deepEqual(await state(), { ...RUNNING, web: 3, db: 0 });
  const { metadata } = await cluster.request("GET", `${DEPLOYMENTS}/web`);
  assert.equal(metadata.annotations["kube-backup/paused"], undefined);
});

test("--existing update pauses what runs", async () => {
  await remove(cluster, SHOP);
  await run(`restore ${original} -n shop --yes`, 0);
  await run(`restore ${original} -n shop --paused --existing update --yes`, 0);
  assert.deepEqual(await state(), PAUSED);
});

test("on a terminal it shows what is paused, and asks", async () => {
  await restorePaused(original);
  const env = { KUBECONFIG: cluster.kubeconfig };
  const refused = await runOnTerminal(["resume", "-n", "shop"], { env }, [[/\[y\/N\] /, "\r"]]);
  assert.equal(refused.status, 1, refused.screen);
  assert.match(refused.screen, /^Deployment shop\/web +2 replicas$/m);
  assert.match(refused.screen, /^CronJob shop\/night +not suspended$/m);
  assert.match(refused.screen, /^HorizontalPodAutoscaler web scales Deployment web from then on$/m);
  assert.match(refused.screen, /Nothing is started: the question was not answered with yes/);
  assert.deepEqual(await state(), PAUSED);
  const approved = await runOnTerminal(["resume", "-n", "shop"], { env }, [[/\[y\/N\] /, "yes\r"]]);
  assert.equal(approved.status, 0, approved.screen);
  assert.match(approved.screen, /^shop resumed: 4 started$/m);
  assert.deepEqual(await state(), RUNNING);
});

test("without a terminal it does not ask", async () => {
  assert.match((await run("resume -n shop", 2)).stderr, /There is no terminal to ask on/);
});

test("a namespace that is not there is an error, and not one in which nothing is paused", async () => {
  const { stdout, stderr } = await run("resume -n shpo --yes", 1);
  assert.match(stderr, /Cannot resume shpo: .* has no such namespace/);
  assert.doesNotMatch(stdout, /Nothing is paused/);
});
