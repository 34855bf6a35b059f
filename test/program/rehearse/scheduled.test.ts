/** REHEARSE: run rehearses by schedule. A webhook that would refuse the restore is told of, and that it is gone, too. */

import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtemp, readdir, readFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { after, describe, test } from "node:test";
import { loadApplication, remove } from "../../support/cluster/cluster-contents.ts";
import type { ControlPlane } from "../../support/cluster/control-plane.ts";
import { withTestBed } from "../../support/cluster/test-bed.ts";
import { type WebhookServer, webhookServer } from "../../support/faults/webhook-server.ts";
import { freePort } from "../../support/processes/free-port.ts";
import { schemaOf } from "../../support/program/json-document.ts";
import { type RunningProgram, runProgram, startProgram } from "../../support/program/program.ts";
import { until } from "../../support/until.ts";
import { assertNoSecret, scratchNamespaces } from "./rehearsal.ts";

const OVERLAY = path.resolve(import.meta.dirname, "../../../deploy/overlays/scheduled-rehearsal");
const WEBHOOKS = "/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations";
const SHOP = "/api/v1/namespaces/shop";

let cluster: ControlPlane;
let folder: string;
let webhook: WebhookServer;
let receiver: Server;
let program: RunningProgram | undefined;
/** What the webhook says of a ConfigMap. */
let allows: () => Promise<boolean>;
const told: { type: string; text: string }[] = [];

after(async () => {
  program?.child.kill("SIGKILL");
  receiver?.close();
  receiver?.closeAllConnections();
  await webhook?.stop();
});

withTestBed(async (bed) => {
  ({ cluster, folder } = bed);
  receiver = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    told.push(JSON.parse(body));
    response.end();
  }).listen(0, "127.0.0.1");
  await once(receiver, "listening");
  await cluster.kubectl(["apply", "--server-side", "-k", OVERLAY]);
  // The program of these tests runs beside the cluster.
  await cluster.request("PATCH", "/apis/apps/v1/namespaces/kube-system/deployments/kube-backup", {
    spec: { replicas: 0 },
  });
  await cluster.request("POST", "/api/v1/namespaces", { metadata: { name: "backuprestore-donotuse" } });
  await loadApplication(cluster, "shop");
  webhook = await webhookServer(cluster, async ({ kind }) => kind !== "ConfigMap" || (await allows()));
  await webhook.start();
});

async function addWebhook(): Promise<() => Promise<void>> {
  await cluster.request("POST", WEBHOOKS, {
    metadata: { name: "strict" },
    webhooks: [
      {
        name: "strict.example.com",
        clientConfig: webhook.clientConfig,
        rules: [{ apiGroups: [""], apiVersions: ["v1"], operations: ["CREATE"], resources: ["configmaps"] }],
        namespaceSelector: {
          matchExpressions: [
            { key: "kubernetes.io/metadata.name", operator: "NotIn", values: ["kube-system"] },
          ],
        },
        ...{ failurePolicy: "Fail", sideEffects: "None", admissionReviewVersions: ["v1"] },
      },
    ],
  });
  return () => remove(cluster, `${WEBHOOKS}/strict`);
}

/** Whether the API server asks the webhook by now. */
async function refuses(): Promise<boolean> {
  const body = { metadata: { name: "probe" }, data: {} };
  return await cluster.request("POST", "/api/v1/namespaces/default/configmaps?dryRun=All", body).then(
    () => false,
    () => true,
  );
}

async function newEnvironment(): Promise<{ env: Record<string, string>; store: string; port: number }> {
  const store = await mkdtemp(path.join(folder, "store-"));
  const port = await freePort();
  const env = {
    KUBECONFIG: await cluster.serviceAccountKubeconfig("kube-system", "kube-backup"),
    ...{ S3TARGET: `file://${store}`, FREQUENCY: "60", MAXRESTOREAGE: "60", CLUSTER_NAME: "blue" },
    ...{ LISTEN: `127.0.0.1:${port}`, REHEARSE: "1m" },
    NOTIFY_URL: `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`,
  };
  return { env, store, port };
}

async function metric(port: number, name: string): Promise<number | undefined> {
  const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  const [, value] = new RegExp(`^kube_backup_${name} (\\S+)$`, "m").exec(text) ?? [];
  return value === undefined ? undefined : Number(value);
}

async function reports(store: string) {
  const files = (await readdir(path.join(store, "reports"))).filter((file) => file.includes(".rehearsal-"));
  return await Promise.all(
    files.sort().map(async (file) => JSON.parse(await readFile(path.join(store, "reports", file), "utf8"))),
  );
}

describe("rehearsals of run", { concurrency: false }, () => {
  test("a webhook that would refuse the restore: report, metric, event, notification; mended, success is told", async (t) => {
    const { env, store, port } = await newEnvironment();
    allows = async () => false;
    const mend = await addWebhook();
    await until("the webhook refuses", refuses);
    program = startProgram(["run"], { env });
    await until("it is told of", async () => told.length > 0, { timeoutMs: 120_000 });
    assert.equal(told[0]?.type, "kube-backup.rehearsal.refused");
    t.diagnostic(told[0]?.text ?? "");
    assert.match(told[0]?.text ?? "", /^blue: the cluster would refuse \d+ of \d+ objects of backup_\w+$/);
    const [report] = await reports(store);
    const { error } = schemaOf("rehearsal-report").safeParse(report);
    assert.equal(error?.message, undefined);
    assert.ok(report.summary.refused > 0);
    assert.equal(await metric(port, "rehearse_last_refused"), report.summary.refused);
    assert.equal(await metric(port, "rehearse_last_success_timestamp_seconds"), undefined);
    const namespace = "/api/v1/namespaces/kube-system/events";
    await until("there is an event", async () => {
      const { items } = await cluster.request("GET", namespace);
      return items.some(({ reason }: { reason: string }) => reason === "RehearsalRefused");
    });
    assert.match(program.output().stderr, /the API server: admission webhook|strict\.example\.com/);

    await mend();
    await until("that all is well is told", async () => told.length > 1, { timeoutMs: 180_000 });
    assert.equal(told[1]?.type, "kube-backup.rehearsal.recovered");
    t.diagnostic(told[1]?.text ?? "");
    assert.equal(await metric(port, "rehearse_last_refused"), 0);
    assert.ok((await metric(port, "rehearse_last_success_timestamp_seconds")) !== undefined);
    const refusals = (await reports(store)).map(({ summary }) => summary.refused);
    assert.equal(refusals.at(-1), 0);
    assert.ok(refusals.length > 1);
    program.child.kill("SIGTERM");
    const ended = await program.ended;
    assert.equal(ended.status, 0, ended.stderr);
    assertNoSecret(ended);

    const count = refusals.length;
    program = startProgram(["run"], { env: { ...env, REHEARSE: "7d" } });
    await program.saw(/"msg":"Next rehearsal"/);
    program.child.kill("SIGTERM");
    const again = await program.ended;
    assert.doesNotMatch(again.stderr, /Rehearsing the restore/, "a restart repeats none");
    assert.equal((await reports(store)).length, count);
    assert.equal(told.length, 2);
  });

  test("SIGTERM ends a rehearsal, which removes its scratch namespaces", async () => {
    const { env } = await newEnvironment();
    const { NOTIFY_URL: _, ...quiet } = env;
    const taken = await runProgram(["backup"], { env: { ...quiet, KUBECONFIG: cluster.kubeconfig } });
    assert.equal(taken.status, 0, taken.stderr);
    await remove(cluster, SHOP);
    const stop = Promise.withResolvers<boolean>();
    allows = () => stop.promise;
    const mend = await addWebhook();
    program = startProgram(["run"], { env: quiet });
    await until("it rehearses", async () => (await scratchNamespaces(cluster)).length > 0, {
      timeoutMs: 60_000,
    });
    program.child.kill("SIGTERM");
    const { status, stderr } = await program.ended;
    stop.resolve(true);
    await mend();
    assert.equal(status, 0, stderr);
    assert.doesNotMatch(stderr, /"msg":"Rehearsed"/);
    assert.deepEqual(await scratchNamespaces(cluster), []);
    await loadApplication(cluster, "shop");
  });

  test("without the account, and without a key, the start says so, and backups are taken", async () => {
    const { env, store } = await newEnvironment();
    const before = told.length;
    await cluster.kubectl(["delete", "role", "kube-backup-impersonates-rehearsal", "-n=kube-system"]);
    const [recipient] =
      (await runProgram(["keygen", path.join(store, "keys")], { env: {} })).stdout.match(/age1\w+/) ?? [];
    assert.ok(recipient);
    program = startProgram(["run"], { env: { ...env, AGE_RECIPIENTS: recipient } });
    await program.saw(/Rehearsal failed/);
    await program.saw(/"msg":"Backup stored"/);
    await until("it is told of", async () => told.length > before);
    program.child.kill("SIGTERM");
    const { status, stderr } = await program.ended;
    assert.equal(status, 0, stderr);
    assert.match(
      stderr,
      /REHEARSE is set, and no key opens the encrypted backups: rehearsals will fail\. Set AGE_KEY/,
    );
    assert.match(
      stderr,
      /REHEARSE is set, and this program may not impersonate system:serviceaccount:kube-system:kube-backup-rehearsal/,
    );
    assert.equal(told[before]?.type, "kube-backup.rehearsal.failed");
  });
});
