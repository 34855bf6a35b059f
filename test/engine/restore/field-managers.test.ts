/** After a restore fields belong to whom they belonged: the next apply of each meets no conflict. */

import assert from "node:assert/strict";
import { test } from "node:test";
import type { Archive } from "../../../src/archive/reader.ts";
import type { ApiClient } from "../../../src/cluster/requests/api-client.ts";
import { remove } from "../../support/cluster/cluster-contents.ts";
import type { ControlPlane } from "../../support/cluster/control-plane.ts";
import { backUp, openClient, type Restored, restore, withEngine } from "../../support/engine/engine.ts";
import { waitUntilAtRest } from "../../support/samples/round-trip/load.ts";

const NAMESPACE = "owned-fields";
const CORE = `/api/v1/namespaces/${NAMESPACE}`;
const APPS = `/apis/apps/v1/namespaces/${NAMESPACE}`;

interface Entry {
  manager: string;
  operation: string;
  subresource?: string;
  time?: string;
  fieldsV1?: object;
}

let cluster: ControlPlane;
let client: ApiClient;
let archive: Archive;
let original: Record<string, Entry[]>;

const OBJECTS = {
  applied: `${CORE}/configmaps/applied`,
  shared: `${APPS}/deployments/shared`,
  "set of shared": "",
  helm: `${CORE}/secrets/helm`,
  client: `${CORE}/services/client`,
  edited: `${CORE}/configmaps/edited`,
  owned: `${CORE}/configmaps/owned`,
  "no record": `${CORE}/configmaps/no-record`,
  namespace: `/api/v1/namespaces/${NAMESPACE}`,
};

withEngine(async (engine) => {
  ({ cluster, client } = engine);
  await load();
  await waitUntilAtRest(cluster, [NAMESPACE]);
  const { items } = await cluster.request("GET", `${APPS}/replicasets`);
  OBJECTS["set of shared"] = `${APPS}/replicasets/${items[0].metadata.name}`;
  archive = await backUp(client, [NAMESPACE]);
  original = await recorded();
});

function configMap(name: string, data: Record<string, string>): object {
  return { apiVersion: "v1", kind: "ConfigMap", metadata: { name, namespace: NAMESPACE }, data };
}

function deployment(spec: object): object {
  const metadata = { name: "shared", namespace: NAMESPACE };
  return { apiVersion: "apps/v1", kind: "Deployment", metadata, spec };
}

function service(targetPort: number): object {
  const metadata = { name: "client", namespace: NAMESPACE };
  return { apiVersion: "v1", kind: "Service", metadata, spec: { ports: [{ port: 80, targetPort }] } };
}

const LABELS = { app: "shared" };
const SPEC = {
  selector: { matchLabels: LABELS },
  template: { metadata: { labels: LABELS }, spec: { containers: [{ name: "app", image: "app:1" }] } },
};

function namesOf(entries: readonly Entry[] = []): string[] {
  return entries.map(({ manager, operation }) => `${manager} ${operation}`);
}

/** As kubectl does. */
async function apply(manager: string, object: object): Promise<void> {
  const flags = ["apply", "--server-side", `--field-manager=${manager}`, "-f", "-"];
  await cluster.kubectl(flags, { input: JSON.stringify(object) });
}

async function load(): Promise<void> {
  await apply("argocd-controller", {
    apiVersion: "v1",
    kind: "Namespace",
    metadata: { name: NAMESPACE, labels: { team: "shop" } },
  });
  await apply("argocd-controller", configMap("applied", { color: "blue" }));
  await apply("kustomize-controller", deployment(SPEC));
  await apply("autoscaler", deployment({ replicas: 2 }));
  await cluster.request("POST", `${CORE}/secrets?fieldManager=helm`, {
    metadata: { name: "helm" },
    stringData: { password: "TOP-SECRET" },
  });
  await cluster.kubectl(["apply", "-f", "-"], { input: JSON.stringify(service(8000)) });
  await cluster.request(
    "POST",
    `${CORE}/configmaps?fieldManager=kubectl-create`,
    configMap("edited", { a: "1", b: "1" }),
  );
  await cluster.request("PATCH", `${CORE}/configmaps/edited?fieldManager=kubectl-edit`, { data: { b: "2" } });
  const { metadata } = await cluster.request("GET", OBJECTS.edited);
  const owner = { apiVersion: "v1", kind: "ConfigMap", name: "edited", uid: metadata.uid };
  await apply("argocd-controller", {
    ...configMap("owned", { color: "blue" }),
    metadata: { name: "owned", namespace: NAMESPACE, ownerReferences: [owner] },
  });
  await cluster.request("POST", `${CORE}/configmaps`, configMap("no-record", { a: "1" }));
  await cluster.request("PATCH", OBJECTS["no record"], { metadata: { managedFields: [{}] } });
}

/** The API server's record of each object, without that of its status, without times and with owners by name. */
async function recorded(): Promise<Record<string, Entry[]>> {
  const records: Record<string, Entry[]> = {};
  for (const [name, path] of Object.entries(OBJECTS)) {
    const { metadata } = await cluster.request("GET", path);
    let text = JSON.stringify(metadata.managedFields ?? []);
    for (const owner of metadata.ownerReferences ?? []) text = text.replaceAll(owner.uid, owner.name);
    const entries: Entry[] = JSON.parse(text);
    records[name] = entries
      .filter(({ subresource }) => subresource !== "status")
      .map(({ time: _, ...entry }) => entry)
      .sort((left, right) => (JSON.stringify(left) < JSON.stringify(right) ? -1 : 1));
  }
  return records;
}

async function lose(): Promise<void> {
  await remove(cluster, OBJECTS.namespace);
}

async function bringBack(options: Partial<Parameters<typeof restore>[0]> = {}): Promise<Restored> {
  const restored = await restore({ client, archive, ...options });
  await waitUntilAtRest(cluster, [NAMESPACE]);
  return restored;
}

/** What kubectl says of an apply, or "" where nothing is in its way. */
async function conflict(manager: string, object: object): Promise<string> {
  return await apply(manager, object).then(
    () => "",
    (error: Error) => error.message,
  );
}

test("what is created anew has the managers that it had, with their fields", async (t) => {
  await lose();
  const { report } = await bringBack();
  assert.deepEqual(report.failures, []);
  assert.deepEqual(report.notes, []);
  const now = await recorded();
  for (const [name, entries] of Object.entries(original)) {
    await t.test(name, () => {
      // Who wrote a whole object also gets what the API server had filled in: the Service's address families.
      const whole = entries.length === 1 && entries[0]?.operation === "Update";
      assert.deepEqual(whole ? namesOf(now[name]) : now[name], whole ? namesOf(entries) : entries);
      assert.ok(entries.every(({ manager }) => manager !== "kube-backup"));
    });
  }
  assert.equal(original["shared"]?.filter(({ operation }) => operation === "Apply").length, 2);
  assert.deepEqual(original["no record"], []);
});

test("each manager applies what it changed without a conflict", async () => {
  assert.equal(await conflict("argocd-controller", configMap("applied", { color: "red" })), "");
  assert.equal(await conflict("autoscaler", deployment({ replicas: 5 })), "");
  const { containers } = SPEC.template.spec;
  const changed = { ...SPEC.template, spec: { containers: [{ ...containers[0], image: "app:2" }] } };
  assert.equal(await conflict("kustomize-controller", deployment({ ...SPEC, template: changed })), "");
  const { spec } = await cluster.request("GET", OBJECTS.shared);
  assert.equal(spec.replicas, 5);
  assert.equal(spec.template.spec.containers[0].image, "app:2");
  // What kubectl applied on the client's side, and noted in its annotation, the API server takes for kubectl's.
  assert.equal(await conflict("kubectl", service(8080)), "");
});

test("others still meet a conflict, with the manager's name", async () => {
  assert.match(
    await conflict("somebody", configMap("applied", { color: "green" })),
    /conflict with "argocd-controller".*\.data\.color/s,
  );
  assert.match(await conflict("somebody", deployment({ replicas: 1 })), /conflict with "autoscaler"/);
  assert.match(await conflict("somebody", configMap("edited", { b: "3" })), /conflict with "kubectl-edit"/);
  const secret = { apiVersion: "v1", kind: "Secret", metadata: { name: "helm", namespace: NAMESPACE } };
  assert.match(
    await conflict("somebody", { ...secret, stringData: {}, data: { password: "AA==" } }),
    /conflict with "helm"/,
  );
});

test("what a restore writes over belongs to whom the backup says", async () => {
  await cluster.request("PATCH", `${OBJECTS.applied}?fieldManager=kubectl-edit`, { data: { color: "grey" } });
  await cluster.request("PATCH", `${OBJECTS.helm}?fieldManager=kubectl-edit`, { data: { password: "AA==" } });
  const { report } = await bringBack({ existing: "update" });
  assert.deepEqual(report.failures, []);
  const now = await recorded();
  for (const name of ["applied", "helm", "shared"]) assert.deepEqual(now[name], original[name], name);
});

test("a restore that was killed before it handed fields back does so when it is run again", async () => {
  await remove(cluster, OBJECTS.applied);
  await cluster.request(
    "POST",
    `${CORE}/configmaps?fieldManager=kube-backup`,
    configMap("applied", { color: "blue" }),
  );
  const dry = await bringBack({ dryRun: "server" });
  assert.equal(dry.report.total("created"), 0);
  assert.equal((await recorded())["applied"]?.[0]?.manager, "kube-backup");
  const { report } = await bringBack();
  assert.equal(report.total("created"), 0);
  assert.deepEqual((await recorded())["applied"], original["applied"]);
});

test("without the right to patch everything comes back, and one note a kind says what is wrong", async () => {
  const rules = [
    { apiGroups: ["", "apps", "networking.k8s.io"], resources: ["*"], verbs: ["list", "get", "create"] },
  ];
  const metadata = { name: "no-patch" };
  await cluster.request("POST", "/apis/rbac.authorization.k8s.io/v1/clusterroles", { metadata, rules });
  await cluster.request("POST", "/api/v1/namespaces/default/serviceaccounts", { metadata });
  await cluster.request("POST", "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings", {
    metadata,
    roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "no-patch" },
    subjects: [{ kind: "ServiceAccount", namespace: "default", name: "no-patch" }],
  });
  await lose();
  const limited = await openClient({
    kubeconfig: await cluster.serviceAccountKubeconfig("default", "no-patch"),
  });
  try {
    const { report } = await bringBack({ client: limited });
    assert.deepEqual(report.failures, []);
    const about = report.notes.map((note) => note.split(" came back")[0]).sort();
    assert.deepEqual(
      about,
      [
        "1 of the kind Deployment",
        "1 of the kind Namespace",
        "1 of the kind ConfigMap",
        "4 of the kind ConfigMap",
      ].sort(),
    );
    assert.match(report.notes.join("\n"), /1 of the kind ConfigMap came back without their owner references/);
    assert.match(report.notes.join("\n"), /cannot patch resource "configmaps"/);
    assert.match(
      await conflict("argocd-controller", configMap("applied", { color: "red" })),
      /"kube-backup"/,
    );
    // Who wrote the whole object needs no patch.
    assert.deepEqual((await recorded())["helm"], original["helm"]);
  } finally {
    await limited.close();
  }
});
