/** `kube-backup verify --rehearse` says what this cluster would refuse of a backup, and changes nothing. */

import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import path from "node:path";
import { test } from "node:test";
import { request } from "undici";
import { remove } from "../../support/cluster/cluster-contents.ts";
import type { ControlPlane } from "../../support/cluster/control-plane.ts";
import { withTestBed } from "../../support/cluster/test-bed.ts";
import { kustomized } from "../../support/deploy/rendered.ts";
import { type ArchiveContents, unzipNewest } from "../../support/program/archive-contents.ts";
import { runProgram } from "../../support/program/program.ts";
import { loadRoundTripFixtures, waitUntilAtRest } from "../../support/samples/round-trip/load.ts";
import { until } from "../../support/until.ts";
import { addPolicy, assertNoSecret, refuses, rehearse, scratchNamespaces, titles } from "./rehearsal.ts";

const OVERLAY = "deploy/overlays/rehearsal";
const KINDS = [
  "/api/v1/namespaces",
  "/api/v1/configmaps",
  "/api/v1/secrets",
  "/api/v1/services",
  "/api/v1/serviceaccounts",
  "/api/v1/endpoints",
  "/apis/networking.k8s.io/v1/ingresses",
  "/apis/apps/v1/replicasets",
  "/apis/apps/v1/deployments",
  "/apis/apps/v1/daemonsets",
  "/apis/apps/v1/statefulsets",
];

let cluster: ControlPlane;
let folder: string;
let env: Record<string, string>;
let objects: number;
let counts: Record<string, number>;

withTestBed(async (bed) => {
  ({ cluster, folder } = bed);
  env = { KUBECONFIG: cluster.kubeconfig, S3TARGET: `file://${folder}` };
  const { namespaces } = await loadRoundTripFixtures(cluster);
  const taken = await runProgram(["backup", "-o", "json"], { env });
  assert.equal(taken.status, 0, taken.stderr);
  counts = countsOf(await unzipNewest(folder));
  await waitUntilAtRest(cluster, namespaces);
});

/** Number of objects in an archive by kind, as anybody can count them. */
function countsOf(contents: ArchiveContents): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const [name, text] of contents) {
    if (!name.endsWith(".json")) continue;
    for (const { kind } of JSON.parse(text).items) counts[kind] = (counts[kind] ?? 0) + 1;
  }
  return counts;
}

/** uid and resource version of everything outside kube-system, scratch namespaces that are going aside. */
async function versions(): Promise<string[]> {
  const lists = await Promise.all(
    KINDS.map(async (url) => {
      const { items } = await cluster.request("GET", url);
      return items.map(
        ({ metadata }: { metadata: Record<string, string> }) =>
          `${url} ${metadata["namespace"] ?? ""}/${metadata["name"]} ${metadata["uid"]} ${metadata["resourceVersion"]}`,
      );
    }),
  );
  return lists.flat().filter((line) => !/ (kube-system)?\/?kube-backup-rehearsal-| kube-system\//.test(line));
}

test("where everything is there, everything is accepted, nothing changes and no namespace is made", async () => {
  const earlier = await versions();
  const result = await rehearse(env, 0);
  objects = result.summary.objects;
  assert.ok(objects > 100);
  assert.deepEqual(result.summary, {
    objects,
    accepted: objects,
    refused: 0,
    notAsked: 0,
    afterDefinition: 0,
  });
  assert.deepEqual(
    result.kinds,
    Object.fromEntries(
      Object.keys(result.kinds).map((kind) => [kind, { accepted: counts[kind], refused: 0, notAsked: 0 }]),
    ),
  );
  assert.deepEqual(Object.keys(result.kinds).sort(), Object.keys(counts).sort());
  assert.deepEqual([result.items, result.notes], [[], []]);
  assert.deepEqual(await versions(), earlier);
  const { items } = await cluster.request("GET", "/api/v1/namespaces");
  assert.ok(!JSON.stringify(items).includes("kube-backup-rehearsal"));
});

test("what a policy refuses is named, whether it is there or not, and no Secret's value with it", async () => {
  const probe = (body: object, kind = "configmaps") => ({ path: `/api/v1/namespaces/default/${kind}`, body });
  const undo = [
    await addPolicy(cluster, {
      name: "no-owned",
      resources: ["configmaps"],
      validation: {
        expression: "!object.metadata.name.startsWith('owned-by-')",
        message: "owned ones are not wanted",
      },
      probe: probe({ metadata: { name: "owned-by-probe" } }),
    }),
    await addPolicy(cluster, {
      name: "no-words",
      resources: ["secrets"],
      validation: {
        expression: "object.metadata.name != 'owned-by-config-map' && object.metadata.name != 'probe'",
        messageExpression: "'refused with ' + object.data.map(k, k + string(object.data[k])).join(' ')",
      },
      probe: probe({ metadata: { name: "probe" }, stringData: { k: "v" } }, "secrets"),
    }),
  ];
  const expected = [
    "ConfigMap fixture-web/owned-by-deployment",
    "ConfigMap fixture-web/owned-by-three",
    "Secret fixture-web/owned-by-config-map",
  ];
  try {
    const there = await rehearse(env, 3);
    assert.deepEqual(titles(there), expected);
    assert.deepEqual(there.summary, {
      objects,
      accepted: objects - 3,
      refused: 3,
      notAsked: 0,
      afterDefinition: 0,
    });
    assert.ok(there.items.every(({ outcome }) => outcome === "refused"));
    assert.match(
      there.items.find(({ kind }) => kind === "ConfigMap")?.reason ?? "",
      /owned ones are not wanted/,
    );
    const text = await runProgram(["verify", "--rehearse"], { env });
    assert.equal(text.status, 3);
    assertNoSecret(text);
    assert.match(text.stdout, /^3 objects would fail:\n(?:.*\n)* +fixture-web\/owned-by-config-map$/m);
    assert.match(text.stderr, /could not be restored wholly today: of \d+ objects, 3 would fail/);

    await remove(cluster, "/api/v1/namespaces/fixture-config");
    await remove(cluster, "/api/v1/namespaces/fixture-web/configmaps/owned-by-three");
    assert.deepEqual(titles(await rehearse(env, 3)), expected);
  } finally {
    for (const each of undo) await each();
  }
});

test("what a scratch namespace stands in for is asked about under that namespace's labels", async () => {
  const gone = ["web", "data", "history"];
  await Promise.all(gone.map((name) => remove(cluster, `/api/v1/namespaces/fixture-${name}`)));
  const earlier = await versions();
  const whole = await rehearse(env, 0);
  assert.deepEqual(whole.summary, {
    objects,
    accepted: objects,
    refused: 0,
    notAsked: 0,
    afterDefinition: 0,
  });
  assert.deepEqual(await scratchNamespaces(cluster), []);
  await cluster.request("POST", "/api/v1/namespaces", {
    metadata: { name: "probe", labels: { "app.kubernetes.io/part-of": "fixtures" } },
  });
  const undo = await addPolicy(cluster, {
    name: "no-fixtures",
    resources: ["configmaps"],
    // fixture-web has this label, fixture-data and fixture-history have not.
    namespaceSelector: { matchLabels: { "app.kubernetes.io/part-of": "fixtures" } },
    validation: { expression: "false", message: "not here" },
    probe: { path: "/api/v1/namespaces/probe/configmaps", body: { metadata: { name: "probe" } } },
  });
  try {
    const { items, kinds } = await rehearse(env, 3);
    assert.ok(items.length > 2);
    assert.deepEqual(
      [...new Set(items.map(({ kind, namespace }) => `${kind} ${namespace}`))],
      ["ConfigMap fixture-web"],
    );
    assert.equal(kinds["ConfigMap"]?.refused, items.length);
  } finally {
    await undo();
    await remove(cluster, "/api/v1/namespaces/probe");
  }
  assert.deepEqual(await versions(), earlier);
  await until("no scratch namespace is left", async () => {
    const { items } = await cluster.request("GET", "/api/v1/namespaces");
    return !JSON.stringify(items).includes("kube-backup-rehearsal");
  });
});

test("a node port or a quota of its own is not held against an object, that of another one is", async () => {
  const port = 30071;
  const { items: services } = await cluster.request("GET", "/api/v1/services");
  const holder = services.find(({ spec }: { spec: { ports?: { nodePort?: number }[] } }) =>
    spec.ports?.some(({ nodePort }) => nodePort === port),
  );
  assert.equal(holder?.metadata.namespace, "fixture-edge", "the fixture is there");
  const thief = "/api/v1/namespaces/default/services/thief";
  await remove(cluster, `/api/v1/namespaces/fixture-edge/services/${holder.metadata.name}`);
  await cluster.request("POST", "/api/v1/namespaces/default/services", {
    metadata: { name: "thief" },
    spec: { type: "NodePort", selector: { a: "b" }, ports: [{ port: 80, nodePort: port }] },
  });
  await cluster.request("POST", "/api/v1/namespaces/fixture-edge/resourcequotas", {
    metadata: { name: "full" },
    spec: { hard: { "count/services": "1" } },
  });
  try {
    const body = { metadata: { name: "one-more" }, spec: { ports: [{ port: 80 }] } };
    await until("the quota is in force", () =>
      refuses(cluster, "/api/v1/namespaces/fixture-edge/services", body),
    );
    const taken = await rehearse(env, 3);
    assert.deepEqual(titles(taken), [`Service fixture-edge/${holder.metadata.name}`]);
    assert.match(taken.items[0]?.reason ?? "", /provided port is already allocated/);
    await remove(cluster, thief);
    const quota = await rehearse(env, 3);
    assert.deepEqual(titles(quota), [`Service fixture-edge/${holder.metadata.name}`]);
    assert.match(quota.items[0]?.reason ?? "", /exceeded quota: full/);
  } finally {
    await remove(cluster, thief);
    await remove(cluster, "/api/v1/namespaces/fixture-edge/resourcequotas/full");
  }
});

test("the rights that the overlay gives are enough, and without the one to delete namespaces none is made", async () => {
  await cluster.kubectl(["apply", "-k", path.resolve(import.meta.dirname, "../../..", OVERLAY)]);
  const rendered = await kustomized(OVERLAY);
  const job = rendered["CronJob kube-system/kube-backup-rehearsal"]?.spec.jobTemplate.spec.template.spec;
  const kubeconfig = await cluster.serviceAccountKubeconfig("kube-system", job.serviceAccountName);
  assert.deepEqual(job.containers[0].args, ["verify", "--rehearse"]);
  const whole = await rehearse({ ...env, KUBECONFIG: kubeconfig }, 0);
  assert.deepEqual(whole.summary, {
    objects,
    accepted: objects,
    refused: 0,
    notAsked: 0,
    afterDefinition: 0,
  });

  const role = rendered["ClusterRole kube-backup-rehearsal"];
  await cluster.request("PUT", "/apis/rbac.authorization.k8s.io/v1/clusterroles/kube-backup-rehearsal", {
    ...role,
    rules: role?.rules?.map((rule) => ({
      ...rule,
      verbs: rule.verbs.filter((verb) => verb !== "delete"),
    })),
  });
  const { items } = await rehearse({ ...env, KUBECONFIG: kubeconfig }, 3);
  assert.ok(items.length > 0);
  assert.deepEqual([...new Set(items.map(({ namespace }) => namespace))].sort(), [
    "fixture-config",
    "fixture-data",
    "fixture-history",
    "fixture-web",
  ]);
  assert.ok(
    items.every(({ outcome, reason }) => outcome === "notAsked" && /not be removed again/.test(reason)),
  );
  assert.deepEqual(await scratchNamespaces(cluster), []);
});

test("what a webhook without support for dry run looks at is not asked about; the rest is", async () => {
  // No API server of today takes such a webhook, but those of older clusters are still in their etcd.
  const base64 = (value: string) => Buffer.from(value).toString("base64");
  const rule = {
    apiGroups: [""],
    apiVersions: ["v1"],
    operations: ["CREATE"],
    resources: ["secrets"],
    scope: "*",
  };
  const webhook = {
    name: "old.example.com",
    sideEffects: "Some",
    admissionReviewVersions: ["v1"],
    clientConfig: { url: "https://127.0.0.1:1/" },
    matchPolicy: "Equivalent",
    namespaceSelector: {},
    objectSelector: {},
    timeoutSeconds: 5,
    failurePolicy: "Fail",
    rules: [rule],
  };
  const configuration = {
    apiVersion: "admissionregistration.k8s.io/v1",
    kind: "ValidatingWebhookConfiguration",
    metadata: {
      name: "old",
      uid: "c0ffee00-0000-4000-8000-000000000000",
      creationTimestamp: "2019-01-01T00:00:00Z",
    },
    webhooks: [webhook],
  };
  const { statusCode, body } = await request(`${cluster.etcd.url}/v3/kv/put`, {
    method: "POST",
    body: JSON.stringify({
      key: base64("/registry/validatingwebhookconfigurations/old"),
      value: base64(JSON.stringify(configuration)),
    }),
  });
  await body.dump();
  assert.equal(statusCode, 200);
  const probe = { metadata: { name: "probe" } };
  await until("the webhook is called", () => refuses(cluster, "/api/v1/namespaces/default/secrets", probe));
  const { items, summary, kinds } = await rehearse(env, 3);
  assert.deepEqual(kinds["Secret"], { accepted: 0, refused: 0, notAsked: counts["Secret"] });
  assert.equal(summary.notAsked, counts["Secret"]);
  assert.equal(summary.refused, 0);
  for (const { kind, outcome, reason } of items) {
    assert.deepEqual([kind, outcome], ["Secret", "notAsked"]);
    assert.equal(reason, "the admission webhook old.example.com does not support dry run");
  }
});
