/** A rehearsal's scratch namespaces: removed whatever happens, and no other namespace with them. */

import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import { exists, loadApplication, remove } from "../../support/cluster/cluster-contents.ts";
import { type ControlPlane, startControlPlane } from "../../support/cluster/control-plane.ts";
import { type ApiProxy, type ProxiedRequest, startApiProxy } from "../../support/faults/api-proxy.ts";
import { runProgram, startProgram } from "../../support/program/program.ts";
import { until } from "../../support/until.ts";
import { refuses, rehearse, SCRATCH_LABEL, scratchNamespaces, titles } from "./rehearsal.ts";

let cluster: ControlPlane;
let proxy: ApiProxy;
let folder: string;
let env: Record<string, string>;
let objects: number;

before(async () => {
  cluster = await startControlPlane();
  proxy = await startApiProxy(cluster);
  folder = await mkdtemp(path.join(tmpdir(), "kube-backup-scratch-"));
  env = { KUBECONFIG: proxy.kubeconfig, S3TARGET: `file://${folder}/store` };
  await loadApplication(cluster, "shop");
  await backUp("store");
  objects = (await rehearse(env, 0)).summary.objects;
  await remove(cluster, "/api/v1/namespaces/shop");
});

after(async () => {
  await proxy?.stop();
  await cluster?.stop();
  await rm(folder, { recursive: true, force: true });
});

async function backUp(store: string, more: Record<string, string> = {}): Promise<void> {
  const taken = await runProgram(["backup"], {
    env: { ...env, S3TARGET: `file://${folder}/${store}`, ...more },
  });
  assert.equal(taken.status, 0, taken.stderr);
}

/** Whether a request asks about an object in a scratch namespace. */
function asksInScratch({ method, path }: ProxiedRequest): boolean {
  return method === "POST" && path.includes("/namespaces/kube-backup-rehearsal-");
}

/** Starts a rehearsal whose answers from the scratch namespace do not come, and waits for its first question. */
async function rehearseUntilAsked() {
  const withdraw = proxy.inject({ when: asksInScratch, fault: { kind: "delay", ms: 60_000 } });
  const before = proxy.requests.length;
  const program = startProgram(["verify", "--rehearse"], { env });
  const asked = async () => proxy.requests.slice(before).some(asksInScratch);
  try {
    await until("it asks in a scratch namespace", asked);
  } catch (error) {
    program.child.kill("SIGKILL");
    throw error;
  }
  return { program, withdraw };
}

test("Ctrl-C ends it with its scratch namespace removed", async () => {
  const { program, withdraw } = await rehearseUntilAsked();
  assert.equal((await scratchNamespaces(cluster)).length, 1);
  program.child.kill("SIGINT");
  const { status, stderr } = await program.ended;
  withdraw();
  assert.equal(status, 130, stderr);
  assert.deepEqual(await scratchNamespaces(cluster), []);
});

test("what a killed one leaves, the next one removes, and nothing that only looks like it", async () => {
  const { program, withdraw } = await rehearseUntilAsked();
  program.child.kill("SIGKILL");
  await program.ended;
  withdraw();
  const [leftover, ...more] = await scratchNamespaces(cluster);
  assert.ok(leftover);
  assert.deepEqual(more, []);
  const { metadata } = await cluster.request("GET", `/api/v1/namespaces/${leftover}`);
  const value = metadata.labels[SCRATCH_LABEL];
  const lookalikes = [
    // Somebody's namespace with labels that were copied, one of that name, and one of another random part.
    { name: "production", labels: { ...metadata.labels } },
    { name: "kube-backup-rehearsal-notes", labels: { "app.kubernetes.io/managed-by": "kube-backup" } },
    { name: "kube-backup-rehearsal-0000000000000000", labels: { [SCRATCH_LABEL]: value } },
  ];
  for (const lookalike of lookalikes)
    await cluster.request("POST", "/api/v1/namespaces", { metadata: lookalike });
  try {
    const { summary } = await rehearse(env, 0);
    assert.deepEqual(summary, { objects, accepted: objects, refused: 0, notAsked: 0, afterDefinition: 0 });
    const left = await scratchNamespaces(cluster);
    assert.deepEqual(left.sort(), ["kube-backup-rehearsal-0000000000000000", "production"]);
    await until(
      "the leftover is gone",
      async () => !(await exists(cluster, `/api/v1/namespaces/${leftover}`)),
    );
    for (const { name } of lookalikes) {
      const { status } = await cluster.request("GET", `/api/v1/namespaces/${name}`);
      assert.equal(status.phase, "Active", name);
    }
  } finally {
    await Promise.all(lookalikes.map(({ name }) => cluster.request("DELETE", `/api/v1/namespaces/${name}`)));
  }
});

test("a scratch namespace that another rehearsal takes away is made again", async () => {
  // Those questions wait that come before the scratch namespace is going.
  const stop = proxy.inject({ when: asksInScratch, fault: { kind: "delay", ms: 2_000 } });
  let name: string | undefined;
  proxy.onRequest((request) => {
    if (name !== undefined || !asksInScratch(request)) return;
    name = /namespaces\/([^/]+)/.exec(request.path)?.[1];
    void cluster.request("DELETE", `/api/v1/namespaces/${name}`);
  });
  try {
    const { summary } = await rehearse(env, 0);
    assert.deepEqual(summary, { objects, accepted: objects, refused: 0, notAsked: 0, afterDefinition: 0 });
  } finally {
    stop();
  }
  assert.ok(name);
  const used = new Set(proxy.requests.filter(asksInScratch).map((request) => request.path.split("/")[4]));
  assert.ok(used.size >= 2);
  assert.deepEqual(await scratchNamespaces(cluster), []);
});

test("a lost answer to the making of a scratch namespace leaves none behind", async () => {
  const made = ({ method, path, query }: ProxiedRequest) =>
    method === "POST" && path === "/api/v1/namespaces" && !query.has("dryRun");
  proxy.inject({ when: made, fault: { kind: "cut-after-done" }, times: 1 });
  await rehearse(env, 0);
  assert.deepEqual(await scratchNamespaces(cluster), []);
});

test("an API server that goes away ends it with an error", async () => {
  const stop = proxy.inject({ when: asksInScratch, fault: { kind: "cut" } });
  const result = await runProgram(["verify", "--rehearse", "-o", "json"], { env });
  stop();
  assert.equal(result.status, 1, result.stderr);
  assert.match(JSON.parse(result.stdout).error, /does not answer/);
  assert.deepEqual(await scratchNamespaces(cluster), []);
});

test("a webhook that does not answer takes patience once, not for every object", async () => {
  const namespace = { apiVersion: "v1", kind: "Namespace", metadata: { name: "many" } };
  const secrets = Array.from({ length: 60 }, (_, index) => ({
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name: `secret-${index}`, namespace: "many" },
  }));
  const input = [namespace, ...secrets].map((each) => JSON.stringify(each)).join("\n---\n");
  await cluster.kubectl(["apply", "--server-side", "-f", "-"], { input });
  await backUp("many");
  const configurations = "/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations";
  await cluster.request("POST", configurations, {
    metadata: { name: "down" },
    webhooks: [
      {
        name: "down.example.com",
        sideEffects: "None",
        admissionReviewVersions: ["v1"],
        clientConfig: { url: "https://127.0.0.1:1/" },
        rules: [{ apiGroups: [""], apiVersions: ["v1"], operations: ["CREATE"], resources: ["secrets"] }],
      },
    ],
  });
  const asked = ({ method, path }: ProxiedRequest) => method === "POST" && path.endsWith("/secrets");
  const before = proxy.requests.filter(asked).length;
  try {
    const probe = () => refuses(cluster, "/api/v1/namespaces/many/secrets", { metadata: { name: "probe" } });
    await until("the webhook is called", probe);
    const { kinds, summary } = await rehearse({ ...env, S3TARGET: `file://${folder}/many` }, 3);
    assert.deepEqual(kinds["Secret"], { accepted: 0, refused: 60, notAsked: 0 });
    assert.equal(summary.refused, 60);
  } finally {
    await cluster.request("DELETE", `${configurations}/down`);
  }
  // Eight at a time meet it first, and ask six times each.
  assert.equal(proxy.requests.filter(asked).length - before, 8 * 6 + 52);
});

test("custom resources whose definition is gone, and fields that the server does not know, are told of", async () => {
  const definition = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
  const version = (name: string, storage: boolean) => ({
    name,
    served: true,
    storage,
    schema: { openAPIV3Schema: { type: "object", "x-kubernetes-preserve-unknown-fields": true } },
  });
  const crd = (plural: string, kind: string) => ({
    metadata: { name: `${plural}.example.com` },
    spec: {
      group: "example.com",
      scope: "Namespaced",
      names: { plural, kind, singular: kind.toLowerCase() },
      versions: [version("v1", false), version("v2", true)],
    },
  });
  await cluster.request("POST", definition, crd("widgets", "Widget"));
  await cluster.request("POST", definition, crd("gadgets", "Gadget"));
  await cluster.request("POST", "/api/v1/namespaces", { metadata: { name: "factory" } });
  const put = (plural: string, name: string) =>
    until(`${plural} are served`, () =>
      cluster
        .request("POST", `/apis/example.com/v1/namespaces/factory/${plural}`, {
          apiVersion: "example.com/v1",
          kind: plural === "widgets" ? "Widget" : "Gadget",
          metadata: { name },
          spec: { big: 1 },
        })
        .then(
          () => true,
          () => false,
        ),
    );
  for (const name of ["a", "b"]) await put("widgets", name);
  await put("gadgets", "a");
  await cluster.request("POST", "/api/v1/namespaces/factory/configmaps", { metadata: { name: "plan" } });
  // A server of a later version, as far as one answer goes.
  const list = await cluster.request("GET", "/api/v1/configmaps");
  for (const item of list.items) if (item.metadata.name === "plan") item.ink = { color: "blue" };
  const stop = proxy.inject({
    when: ({ path }) => path === "/api/v1/configmaps",
    fault: { kind: "answer", status: 200, body: list },
  });
  const kinds = "configmaps,widgets.example.com,gadgets.example.com";
  await backUp("custom", { KINDS: kinds });
  await backUp("defined", { KINDS: `${kinds},customresourcedefinitions` });
  stop();

  const custom = { ...env, S3TARGET: `file://${folder}/custom` };
  const note =
    "ConfigMap factory/plan would come back without fields that this API server does not know: ink";
  assert.deepEqual((await rehearse(custom, 0)).notes, [note], "of an object that is there");
  await remove(cluster, `${definition}/widgets.example.com`);
  await cluster.request("PATCH", `${definition}/gadgets.example.com`, {
    spec: { versions: [version("v1", true), { ...version("v2", false), served: false }] },
  });
  await until(
    "gadgets are served as v1 only",
    async () => !(await exists(cluster, "/apis/example.com/v2/namespaces/factory/gadgets")),
  );
  await remove(cluster, "/api/v1/namespaces/factory");
  const result = await rehearse(custom, 3);
  assert.deepEqual(result.notes, [note], "of an object that is not there");
  assert.deepEqual(titles(result), ["Gadget factory/a", "Widget factory/a", "Widget factory/b"]);
  assert.deepEqual(result.summary.refused, 0);
  const reasons = new Map(result.items.map(({ kind, reason, advice }) => [kind, `${reason}. ${advice}`]));
  assert.match(
    reasons.get("Widget") ?? "",
    /does not serve widgets.example.com. Install its CustomResourceDefinition/,
  );
  assert.match(
    reasons.get("Gadget") ?? "",
    /does not serve gadgets.example.com as example.com\/v2, only as v1/,
  );
  const defined = await rehearse({ ...env, S3TARGET: `file://${folder}/defined` }, 3);
  assert.equal(defined.kinds["CustomResourceDefinition"]?.accepted, 2);
  const [widget] = defined.items.filter(({ kind }) => kind === "Widget");
  assert.match(widget?.advice ?? "", /^The backup holds its definition/);
  assert.equal(defined.summary.afterDefinition, 2);
  // With the Widgets alone, nothing would fail: a restore makes their definition first.
  await remove(cluster, `${definition}/gadgets.example.com`);
  const whole = await rehearse({ ...env, S3TARGET: `file://${folder}/defined` }, 0);
  assert.deepEqual([whole.summary.refused, whole.summary.notAsked, whole.summary.afterDefinition], [0, 3, 3]);
  const { stdout } = await runProgram(["verify", "--rehearse"], { env: custom });
  assert.match(
    stdout,
    /^Not asked about Widget factory\/a, Widget factory\/b: the API server does not serve/m,
  );
});
