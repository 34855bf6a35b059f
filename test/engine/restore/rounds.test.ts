/** What is refused for a reason that time heals is tried again, and fails in the end where time does not heal it. */

import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import type { Archive } from "../../../src/archive/reader.ts";
import type { ApiClient } from "../../../src/cluster/requests/api-client.ts";
import { CONFIG_MAPS, NAMESPACES } from "../../../src/kubernetes/resource.ts";
import { writeFlag } from "../../../src/restore-gate/restore-flag.ts";
import { exists, FLAG, remove } from "../../support/cluster/cluster-contents.ts";
import type { ControlPlane } from "../../support/cluster/control-plane.ts";
import { archived, archiveOf, backUp, itemOf, restore, withEngine } from "../../support/engine/engine.ts";
import { type WebhookServer, webhookServer } from "../../support/faults/webhook-server.ts";
import { define, definitionPath, GROUP } from "../../support/samples/definition.ts";
import { NEVER } from "../../support/samples/sample-archive.ts";

const SHOP = "/api/v1/namespaces/shop";
const WEBHOOKS = "/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations";
const CALLED = "the admission webhook gate.example.com cannot be called";

let cluster: ControlPlane;
let client: ApiClient;
let archive: Archive;
let webhook: WebhookServer;

withEngine(async (engine) => {
  ({ cluster, client } = engine);
  await cluster.request("POST", "/api/v1/namespaces", {
    metadata: { name: "shop", labels: { gated: "yes" } },
  });
  const { metadata } = await cluster.request("POST", `${SHOP}/configmaps`, { metadata: { name: "owner" } });
  const owner = { apiVersion: "v1", kind: "ConfigMap", name: "owner", uid: metadata.uid };
  await cluster.request("POST", `${SHOP}/secrets`, {
    metadata: { name: "owned", ownerReferences: [owner] },
    stringData: { password: "TOP-SECRET" },
  });
  await cluster.request("POST", `${SHOP}/services`, {
    metadata: { name: "web", ownerReferences: [owner] },
    spec: { ports: [{ port: 80 }] },
  });
  for (let number = 1; number <= 20; number += 1)
    await cluster.request("POST", `${SHOP}/configmaps`, { metadata: { name: `settings-${number}` } });
  archive = await backUp(client, ["shop"]);
});

beforeEach(async () => {
  webhook = await webhookServer(cluster);
  await remove(cluster, SHOP);
});

afterEach(async () => {
  await webhook.stop();
  await remove(cluster, `${WEBHOOKS}/gate`);
});

/** Has the webhook asked about what is created of these resources, and waits until the API server does that. */
async function gate(resources: readonly string[], by: WebhookServer = webhook): Promise<void> {
  await cluster.request("POST", WEBHOOKS, {
    metadata: { name: "gate" },
    webhooks: [
      {
        name: "gate.example.com",
        admissionReviewVersions: ["v1"],
        sideEffects: "None",
        failurePolicy: "Fail",
        timeoutSeconds: 5,
        clientConfig: by.clientConfig,
        objectSelector: { matchExpressions: [{ key: "passes", operator: "DoesNotExist" }] },
        rules: [
          {
            apiGroups: [""],
            apiVersions: ["v1"],
            operations: ["CREATE"],
            resources: [...resources, "podtemplates"],
          },
        ],
      },
    ],
  });
  const end = Date.now() + 30_000;
  const template = {
    metadata: { name: "probe" },
    template: { spec: { containers: [{ name: "c", image: "i" }] } },
  };
  const asked = () =>
    cluster.request("POST", "/api/v1/namespaces/default/podtemplates?dryRun=All", template).then(
      () => false,
      ({ status }: { status?: number }) => status === 500 || status === 403,
    );
  while (!(await asked())) if (Date.now() > end) throw new Error("The webhook is not asked");
}

/** Starts the webhook once the log says that something waits. */
function startsWhenWaited(): (line: string) => void {
  let started = false;
  return (line) => {
    if (started || !/objects? waits?: /.test(line)) return;
    started = true;
    setTimeout(() => void webhook.start(), 1_500);
  };
}

const waits = (log: readonly string[]) =>
  log.map((line) => JSON.parse(line).msg as string).filter((message) => / waits?: /.test(message));

test("a webhook that is up some seconds later: all comes back, owners first", async () => {
  await gate(["configmaps", "secrets"]);
  const { report, items, log } = await restore({ client, archive, onLog: startsWhenWaited() });
  assert.deepEqual([report.failures, report.notes], [[], []]);
  assert.deepEqual(
    items.filter(({ outcome }) => outcome !== "created"),
    [],
  );
  assert.equal(items.length, 24);
  assert.equal(waits(log)[0], `22 objects wait: ${CALLED}`);
  const owner = await cluster.request("GET", `${SHOP}/configmaps/owner`);
  for (const place of ["secrets/owned", "services/web"]) {
    const { metadata } = await cluster.request("GET", `${SHOP}/${place}`);
    assert.equal(metadata.ownerReferences[0].uid, owner.metadata.uid, place);
  }
});

test("the restore flag waits for a webhook that is asked about namespaces", async () => {
  const facts = { reason: "restored" as const, store: "file:///backups", time: new Date(0) };
  await gate(["namespaces"]);
  await assert.rejects(
    writeFlag(client, facts, NEVER, { timeout: 0 }),
    /Cannot create namespace backuprestore-donotuse: Internal error occurred: failed calling webhook "gate/,
  );
  setTimeout(() => void webhook.start(), 1_500);
  await writeFlag(client, facts, NEVER);
  assert.ok(await exists(cluster, FLAG));
  await remove(cluster, FLAG);
});

test("one that never is: failures with the server's words after the retries, and all else is back", async () => {
  await gate(["configmaps", "secrets"]);
  const begin = Date.now();
  const restored = await restore({ client, archive, retryFor: 2_000 });
  assert.ok(Date.now() - begin < 30_000, "it does not retry each object by itself");
  const { report } = restored;
  assert.equal(report.total("failed"), 22);
  assert.match(
    itemOf(restored, "ConfigMap", "settings-7").reason ?? "",
    /^the admission webhook gate\.example\.com cannot be called, also after \d+ s: Internal error occurred: failed calling webhook "gate\.example\.com": .*connection refused/,
  );
  // It is asked for before its owner, and tried again as long as the others.
  assert.match(
    itemOf(restored, "Secret", "owned").reason ?? "",
    /^the admission webhook gate\.example\.com cannot be called, also after \d+ s: InternalError \(HTTP 500\)$/,
  );
  assert.equal(itemOf(restored, "Service", "web").outcome, "created");
  assert.deepEqual(report.notes, [
    "Service shop/web came back without an owner that failed: ConfigMap owner",
  ]);
  assert.doesNotMatch(JSON.stringify(restored), /TOP-SECRET|VE9QLVNFQ1JFVA/);
});

test("what a webhook denies until another object exists is tried again after all else, in pairs and in chains", async () => {
  const names = Array.from({ length: 40 }, (_, index) => `pair-${index}`);
  const needs = new Map(names.map((name) => [name, `zz-${name}`]));
  needs.set("chain-a", "chain-b").set("chain-b", "chain-c").set("never", "nowhere");
  const denying = await webhookServer(cluster, async ({ kind, metadata: { name } }) => {
    // What asks whether the webhook is asked.
    if (kind === "PodTemplate") return false;
    const needed = needs.get(name);
    return (
      kind !== "ConfigMap" || needed === undefined || (await exists(cluster, `${SHOP}/configmaps/${needed}`))
    );
  });
  const objects = [...needs.keys(), ...names.map((name) => `zz-${name}`), "chain-c"].sort().map((name) => ({
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { namespace: "shop", name },
  }));
  const paired = await archiveOf([
    archived(NAMESPACES, { apiVersion: "v1", kind: "Namespace", metadata: { name: "shop" } }),
    ...objects.map((object) => archived(CONFIG_MAPS, object)),
  ]);
  try {
    await denying.start();
    await gate(["configmaps"], denying);
    const restored = await restore({ client, archive: paired, retryFor: 1_000 });
    assert.equal(restored.report.total("created"), objects.length);
    assert.deepEqual(
      restored.report.failures.map(({ name, reason }) => [name, reason]),
      [
        [
          "never",
          'admission webhook "gate.example.com" denied the request: what it needs is missing (HTTP 403)',
        ],
      ],
    );
  } finally {
    await denying.stop();
  }
});

test("a namespace that is let in later, and what is in it", async () => {
  await gate(["namespaces"]);
  const { report, items, log } = await restore({ client, archive, onLog: startsWhenWaited() });
  assert.deepEqual(report.failures, []);
  assert.equal(items.filter(({ outcome }) => outcome === "created").length, 24);
  assert.equal(waits(log)[0], `24 objects wait: the namespace is not there yet (23); ${CALLED} (1)`);
});

test("a namespace that never is let in: what is in it is not waited for longer", async () => {
  await gate(["namespaces"]);
  const restored = await restore({ client, archive, retryFor: 1_000 });
  assert.equal(restored.report.total("failed"), 24);
  assert.match(itemOf(restored, "ConfigMap", "settings-1").reason ?? "", /namespaces "shop" not found/);
});

test("the wait ends with the signal", async () => {
  await gate(["configmaps"]);
  const abort = new AbortController();
  const onLog = (line: string) => {
    if (/objects wait: /.test(line)) abort.abort(new Error("enough"));
  };
  await assert.rejects(restore({ client, archive, onLog }, abort.signal), { message: "enough" });
});

test("a dry run does not wait", async () => {
  await gate(["configmaps"]);
  await cluster.request("POST", "/api/v1/namespaces", { metadata: { name: "shop" } });
  const begin = Date.now();
  const { report, log } = await restore({ client, archive, dryRun: "server" });
  assert.ok(Date.now() - begin < 10_000);
  assert.deepEqual(waits(log), []);
  assert.equal(report.total("failed"), 21);
  assert.match(report.failures[0]?.reason ?? "", /^Internal error occurred: failed calling webhook/);
});

test("a conversion webhook that is up some seconds later, and the definition that it is of comes back as well", async () => {
  const conversion = {
    strategy: "Webhook",
    webhook: { conversionReviewVersions: ["v1"], clientConfig: webhook.clientConfig },
  };
  await define(cluster, { plural: "dials", kind: "Dial", versions: ["v1", "v1beta1"], conversion });
  const dials = { group: GROUP, version: "v1beta1", resource: "dials", kind: "Dial", namespaced: true };
  const dial = {
    apiVersion: `${GROUP}/v1beta1`,
    kind: "Dial",
    metadata: { namespace: "default", name: "one" },
  };
  const definitions = await backUp(client, [], ["customresourcedefinitions.apiextensions.k8s.io"]);
  const [file] = [...definitions.files].filter(({ resource }) => resource?.startsWith("customresource"));
  assert.ok(file !== undefined);
  const texts = await Array.fromAsync(definitions.objects(file, new AbortController().signal));
  const definition = definitions.manifest.resources.find(
    ({ resource }) => resource === "customresourcedefinitions",
  );
  assert.ok(definition !== undefined);
  const both = await archiveOf([
    ...texts.map((text) => archived(definition, JSON.parse(text))),
    archived(dials, dial),
  ]);
  await remove(cluster, definitionPath("dials"));
  const { report, log } = await restore({ client, archive: both, onLog: startsWhenWaited() });
  assert.deepEqual(report.failures, []);
  assert.deepEqual(waits(log).slice(0, 1), [
    `1 object waits: the conversion webhook of ${GROUP}/v1beta1 cannot be called`,
  ]);
  assert.equal(await exists(cluster, `/apis/${GROUP}/v1/namespaces/default/dials/one`), true);
});
