/** What becomes of objects that are there already, by policy. */

import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { Archive } from "../../../src/archive/reader.ts";
import type { ApiClient } from "../../../src/cluster/requests/api-client.ts";
import type { ExistingPolicy } from "../../../src/restore/object/existing-policy.ts";
import { exists, remove } from "../../support/cluster/cluster-contents.ts";
import type { ControlPlane } from "../../support/cluster/control-plane.ts";
import { backUp, itemOf, openClient, restore, versionsOf, withEngine } from "../../support/engine/engine.ts";
import { startApiProxy } from "../../support/faults/api-proxy.ts";
import { waitUntilAtRest } from "../../support/samples/round-trip/load.ts";
import { until } from "../../support/until.ts";

const NAMESPACE = "/api/v1/namespaces/shop";
const CONFIG_MAP = `${NAMESPACE}/configmaps/settings`;
const FROZEN = `${NAMESPACE}/configmaps/frozen`;
const OWNED = `${NAMESPACE}/configmaps/owned`;
const SECRET = `${NAMESPACE}/secrets/password`;
const SERVICE = `${NAMESPACE}/services/web`;
const HEADLESS = `${NAMESPACE}/services/headless`;
const CLAIM = `${NAMESPACE}/persistentvolumeclaims/data`;
const VOLUME = "/api/v1/persistentvolumes/disk";
const DEPLOYMENT = "/apis/apps/v1/namespaces/shop/deployments/web";
const DAEMON_SET = "/apis/apps/v1/namespaces/shop/daemonsets/agent";

let cluster: ControlPlane;
let client: ApiClient;
let archive: Archive;

const labels = { app: "web" };
const pods = (image: string, its = labels) => ({
  metadata: { labels: its },
  spec: { containers: [{ name: "main", image }] },
});

/** The objects as they are in the backup. */
const OBJECTS: [path: string, object: Record<string, unknown>][] = [
  ["/api/v1/namespaces/shop", { labels: { team: "a" } }],
  [CONFIG_MAP, { data: { color: "blue", size: "1" } }],
  [FROZEN, { data: { color: "blue" }, immutable: true }],
  [SECRET, { stringData: { password: "TOP-SECRET-first" } }],
  [
    SERVICE,
    { spec: { type: "NodePort", selector: labels, ports: [{ name: "http", port: 80, nodePort: 30081 }] } },
  ],
  [HEADLESS, { spec: { clusterIP: "None", selector: labels, ports: [{ port: 80 }] } }],
  [DEPLOYMENT, { spec: { replicas: 2, selector: { matchLabels: labels }, template: pods("web:1") } }],
  [DAEMON_SET, { spec: { selector: { matchLabels: labels }, template: pods("agent:1") } }],
];

withEngine(async (engine) => {
  ({ cluster, client } = engine);
  await load();
  archive = await backUp(client, ["shop"], ["persistentvolumeclaims"]);
});

async function load(): Promise<void> {
  const size = { storage: "1Gi" };
  const access = { accessModes: ["ReadWriteOnce"], storageClassName: "" };
  await create(VOLUME, { spec: { ...access, capacity: size, hostPath: { path: "/data" } } });
  for (const [path, object] of OBJECTS) await create(path, object);
  const { metadata } = await cluster.request("GET", FROZEN);
  const owner = { apiVersion: "v1", kind: "ConfigMap", name: "frozen", uid: metadata.uid };
  await create(CLAIM, { spec: { ...access, resources: { requests: size } } });
  await until(
    "the claim is bound",
    async () => (await cluster.request("GET", CLAIM)).status.phase === "Bound",
  );
  await create(OWNED, { metadata: { ownerReferences: [owner] }, data: { color: "blue" } });
  await waitUntilAtRest(cluster, ["shop"]);
}

async function create(path: string, object: Record<string, unknown>): Promise<void> {
  const { labels: its, metadata, ...rest } = object;
  const name = path.split("/").at(-1);
  const body = {
    ...rest,
    metadata: { name, ...(its === undefined ? {} : { labels: its }), ...(metadata as object) },
  };
  await cluster.request("POST", path.split("/").slice(0, -1).join("/"), body);
}

/** Changes an object under another name than ours. */
async function edit(path: string, patch: object, manager = "kubectl-edit"): Promise<void> {
  await cluster.request("PATCH", `${path}?fieldManager=${manager}`, patch);
}

function restoreShop(existing: ExistingPolicy, more: { dryRun?: "server" | "client" } = {}) {
  return restore({ client, archive, existing, ...more });
}

/** Everything is as in the backup, so that a further run with the same policy finds nothing to do. */
async function assertAsBackedUp(): Promise<void> {
  await waitUntilAtRest(cluster, ["shop"]);
  const again = await restoreShop("update");
  const others = again.lines.filter((line) => !line.endsWith(": unchanged"));
  assert.deepEqual(others, []);
}

for (const existing of ["skip", "update", "replace"] as const) {
  test(`${existing}: what is equal is unchanged, and nothing is written`, async () => {
    const before = await versionsOf(client);
    const restored = await restoreShop(existing);
    assert.deepEqual(new Set(restored.items.map(({ outcome }) => outcome)), new Set(["unchanged"]));
    assert.deepEqual(await versionsOf(client), before);
  });
}

describe("edited by others", () => {
  beforeEach(async () => {
    await edit(CONFIG_MAP, { data: { color: "red", added: "x" }, metadata: { labels: { added: "y" } } });
    await edit(CONFIG_MAP, { data: { size: "7" } }, "hpa-controller");
    await edit(SECRET, { stringData: { password: "TOP-SECRET-second" } });
    await edit(SERVICE, { spec: { sessionAffinity: "ClientIP" } });
    await edit(NAMESPACE, { metadata: { labels: { team: "b" } } });
    await edit(DEPLOYMENT, { spec: { replicas: 5, paused: true } });
    await edit(DAEMON_SET, { spec: { template: { spec: { priorityClassName: "system-node-critical" } } } });
  });

  test("skip leaves it", async () => {
    const before = await cluster.request("GET", CONFIG_MAP);
    const restored = await restoreShop("skip");
    assert.equal(itemOf(restored, "ConfigMap", "settings").outcome, "skipped");
    assert.equal(itemOf(restored, "ConfigMap", "frozen").outcome, "unchanged");
    assert.deepEqual(await cluster.request("GET", CONFIG_MAP), before);
    await restoreShop("update");
  });

  for (const existing of ["update", "replace"] as const) {
    test(`${existing} writes it over, without keys that were added, and names whose fields those were`, async () => {
      const service = await cluster.request("GET", SERVICE);
      const restored = await restoreShop(existing);
      const settings = itemOf(restored, "ConfigMap", "settings");
      assert.equal(settings.outcome, "updated");
      assert.equal(
        settings.reason,
        "overwrote fields of hpa-controller (data.size), kubectl-edit (data.added, data.color, metadata.labels)",
      );
      const { data, metadata } = await cluster.request("GET", CONFIG_MAP);
      assert.deepEqual(data, { color: "blue", size: "1" });
      assert.equal(metadata.labels, undefined);
      const secret = itemOf(restored, "Secret", "password");
      assert.deepEqual(
        [secret.outcome, secret.reason],
        ["updated", "overwrote fields of kubectl-edit (data.password)"],
      );
      assert.equal(itemOf(restored, "Namespace", "shop").outcome, "updated");
      assert.equal((await cluster.request("GET", NAMESPACE)).metadata.labels.team, "a");
      assert.equal(itemOf(restored, "DaemonSet", "agent").outcome, "updated");
      assert.equal(itemOf(restored, "Deployment", "web").outcome, "updated");
      assert.equal((await cluster.request("GET", DEPLOYMENT)).spec.replicas, 2);
      assert.equal(itemOf(restored, "Service", "web").outcome, "updated");
      const { spec } = await cluster.request("GET", SERVICE);
      assert.equal(spec.sessionAffinity, "None");
      assert.deepEqual(
        [spec.clusterIP, spec.ports],
        [service.spec.clusterIP, service.spec.ports],
        "it keeps its address",
      );
      assert.doesNotMatch(JSON.stringify(restored), /TOP-SECRET|VE9QLVNFQ1JFV/);
      assert.equal(restored.report.total("failed"), 0);
      await assertAsBackedUp();
    });
  }

  test("dry runs say the same, and write nothing", async () => {
    await waitUntilAtRest(cluster, ["shop"]);
    const before = await versionsOf(client);
    for (const existing of ["skip", "update", "replace"] as const) {
      const [asked, compared] = [
        await restoreShop(existing, { dryRun: "server" }),
        await restoreShop(existing, { dryRun: "client" }),
      ];
      const expected = existing === "skip" ? "skipped" : "updated";
      for (const name of ["settings", "web", "agent", "password", "shop"]) {
        const items = [asked, compared].map(({ items }) => items.find((item) => item.name === name));
        assert.deepEqual(
          items.map((item) => item?.outcome),
          [expected, expected],
          name,
        );
      }
      assert.deepEqual(asked.lines, compared.lines);
    }
    assert.deepEqual(await versionsOf(client), before);
    await restoreShop("update");
  });
});

describe("with an immutable field that differs", () => {
  const changes: [title: string, path: string, changed: Record<string, unknown>, kind: string][] = [
    ["an immutable ConfigMap", FROZEN, { data: { color: "red" }, immutable: true }, "ConfigMap"],
    [
      "a Service that lost its address",
      SERVICE,
      { spec: { clusterIP: "None", selector: labels, ports: [{ name: "http", port: 80 }] } },
      "Service",
    ],
    [
      "a headless Service that got an address",
      HEADLESS,
      { spec: { selector: labels, ports: [{ port: 80 }] } },
      "Service",
    ],
    [
      "a Deployment with another selector",
      DEPLOYMENT,
      {
        spec: {
          replicas: 2,
          selector: { matchLabels: { app: "other" } },
          template: pods("web:1", { app: "other" }),
        },
      },
      "Deployment",
    ],
  ];
  for (const [title, path, changed, kind] of changes) {
    const name = path.split("/").at(-1) ?? "";
    test(`${title}: update fails, names the way out; replace makes it anew`, async () => {
      await remove(cluster, path);
      await create(path, changed);
      const before = await cluster.request("GET", path);
      const updated = itemOf(await restoreShop("update"), kind, name);
      assert.equal(updated.outcome, "failed");
      assert.match(updated.reason ?? "", /immutable|may not change/);
      assert.match(updated.reason ?? "", /; --existing replace would delete and create it again$/);
      assert.equal((await cluster.request("GET", path)).metadata.uid, before.metadata.uid);

      const versions = await versionsOf(client);
      assert.equal(
        itemOf(await restoreShop("replace", { dryRun: "server" }), kind, name).outcome,
        "replaced",
      );
      assert.deepEqual(await versionsOf(client), versions);

      const restored = await restoreShop("replace");
      assert.equal(itemOf(restored, kind, name).outcome, "replaced");
      assert.notEqual((await cluster.request("GET", path)).metadata.uid, before.metadata.uid);
      assert.deepEqual(restored.report.failures, []);
      if (kind === "Deployment") {
        // What the other one had made stays, as an orphan: it is for a person to remove.
        const sets = await cluster.request("GET", "/apis/apps/v1/namespaces/shop/replicasets");
        for (const { metadata, spec } of sets.items)
          if (spec.selector.matchLabels.app === "other")
            await remove(cluster, `/apis/apps/v1/namespaces/shop/replicasets/${metadata.name}`);
      }
      await assertAsBackedUp();
    });
  }

  test("what the replaced object owned has its new uid in the end", async () => {
    await remove(cluster, FROZEN);
    await create(FROZEN, { data: { color: "red" }, immutable: true });
    if (await exists(cluster, OWNED)) await remove(cluster, OWNED);
    await restoreShop("replace");
    const [owner, owned] = await Promise.all([cluster.request("GET", FROZEN), cluster.request("GET", OWNED)]);
    assert.deepEqual(
      owned.metadata.ownerReferences.map(({ uid }: { uid: string }) => uid),
      [owner.metadata.uid],
    );
    // The backup's owner is missing in an object that is equal otherwise.
    await cluster.request("PATCH", OWNED, { metadata: { ownerReferences: null } });
    assert.equal(itemOf(await restoreShop("update"), "ConfigMap", "owned").outcome, "updated");
    const again = await cluster.request("GET", OWNED);
    assert.equal(again.metadata.ownerReferences[0].uid, owner.metadata.uid);
  });

  test("a replacement that the API server would refuse deletes nothing", async () => {
    await remove(cluster, FROZEN);
    await create(FROZEN, { data: { color: "red" }, immutable: true });
    const { metadata } = await cluster.request("GET", FROZEN);
    const policy = "/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies";
    const rule = {
      apiGroups: [""],
      apiVersions: ["v1"],
      operations: ["CREATE"],
      resources: ["configmaps"],
    };
    await cluster.request("POST", policy, {
      metadata: { name: "no-blue" },
      spec: {
        failurePolicy: "Fail",
        matchConstraints: { resourceRules: [rule] },
        validations: [
          { expression: "!has(object.data.color) || object.data.color != 'blue'", message: "no blue" },
        ],
      },
    });
    await cluster.request("POST", `${policy.replace(/policies$/, "policybindings")}`, {
      metadata: { name: "no-blue" },
      spec: { policyName: "no-blue", validationActions: ["Deny"] },
    });
    try {
      await until("the policy refuses", async () => {
        const asked = { metadata: { name: "asked" }, data: { color: "blue" } };
        const refused = cluster.request("POST", `${NAMESPACE}/configmaps?dryRun=All`, asked);
        return await refused.then(
          () => false,
          () => true,
        );
      });
      const item = itemOf(await restoreShop("replace"), "ConfigMap", "frozen");
      assert.equal(item.outcome, "failed");
      assert.match(item.reason ?? "", /immutable.*as a new one:.*no blue/);
      assert.equal((await cluster.request("GET", FROZEN)).metadata.uid, metadata.uid);
    } finally {
      await remove(cluster, `${policy.replace(/policies$/, "policybindings")}/no-blue`);
      await remove(cluster, `${policy}/no-blue`);
    }
    await until(
      "nothing is refused",
      async () => (await restoreShop("replace")).report.total("failed") === 0,
    );
  });

  test("interrupted after the deletion, the object is made again before the restore ends", async () => {
    await remove(cluster, FROZEN);
    await create(FROZEN, { data: { color: "red" }, immutable: true });
    const proxy = await startApiProxy(cluster);
    const proxied = await openClient(proxy);
    try {
      const interrupted = new AbortController();
      proxy.onRequest(({ method, path }) => {
        if (method === "DELETE" && path === FROZEN) interrupted.abort(new Error("Interrupted"));
      });
      const run = restore({ client: proxied, archive, existing: "replace" }, interrupted.signal);
      await assert.rejects(run, /Interrupted/);
      assert.equal((await cluster.request("GET", FROZEN)).data.color, "blue");
    } finally {
      await proxied.close();
      await proxy.stop();
    }
    await restoreShop("replace");
  });

  test("interrupted when the answer to the deletion was lost, the object is made again as well", async () => {
    await remove(cluster, FROZEN);
    await create(FROZEN, { data: { color: "red" }, immutable: true });
    const proxy = await startApiProxy(cluster);
    const proxied = await openClient(proxy);
    try {
      const interrupted = new AbortController();
      const isDeletion = ({ method, path }: { method: string; path: string }) =>
        method === "DELETE" && path === FROZEN;
      proxy.inject({ when: isDeletion, fault: { kind: "cut-after-done" }, times: 1 });
      proxy.onRequest((request) => {
        if (isDeletion(request)) interrupted.abort(new Error("Interrupted"));
      });
      const run = restore({ client: proxied, archive, existing: "replace" }, interrupted.signal);
      await assert.rejects(run, /Interrupted/);
      assert.equal((await cluster.request("GET", FROZEN)).data.color, "blue");
    } finally {
      await proxied.close();
      await proxy.stop();
    }
    await restoreShop("replace");
  });

  test("where the create fails after the deletion, the one before is put back", async () => {
    await remove(cluster, FROZEN);
    await create(FROZEN, { data: { color: "red" }, immutable: true });
    const proxy = await startApiProxy(cluster);
    const proxied = await openClient(proxy);
    try {
      let deleted = false;
      proxy.onRequest(({ method, path }) => {
        deleted ||= method === "DELETE" && path === FROZEN;
      });
      const body = { kind: "Status", reason: "Forbidden", message: "exceeded quota" };
      proxy.inject({
        when: ({ method, path }) => deleted && method === "POST" && path === `${NAMESPACE}/configmaps`,
        fault: { kind: "answer", status: 403, body },
        times: 1,
      });
      const item = itemOf(
        await restore({ client: proxied, archive, existing: "replace" }),
        "ConfigMap",
        "frozen",
      );
      assert.equal(item.outcome, "failed");
      assert.match(item.reason ?? "", /exceeded quota.*; the one before was put back$/);
      assert.equal((await cluster.request("GET", FROZEN)).data.color, "red");
    } finally {
      await proxied.close();
      await proxy.stop();
    }
    await restoreShop("replace");
  });
});

test("a claim keeps its volume when it is written over, and is never deleted", async () => {
  const before = await cluster.request("GET", CLAIM);
  await edit(CLAIM, { metadata: { labels: { added: "x" } } });
  assert.equal(itemOf(await restoreShop("replace"), "PersistentVolumeClaim", "data").outcome, "updated");
  const { metadata, spec, status } = await cluster.request("GET", CLAIM);
  assert.equal(metadata.labels, undefined);
  assert.deepEqual(metadata.annotations, before.metadata.annotations);
  assert.deepEqual([metadata.uid, spec, status], [before.metadata.uid, before.spec, before.status]);

  // A claim of another class: its class is immutable.
  await remove(cluster, CLAIM);
  const { volumeName: _, ...rest } = before.spec;
  await create(CLAIM, { spec: { ...rest, storageClassName: "other" } });
  const { metadata: other } = await cluster.request("GET", CLAIM);
  const item = itemOf(await restoreShop("replace"), "PersistentVolumeClaim", "data");
  assert.equal(item.outcome, "failed");
  assert.match(
    item.reason ?? "",
    /a restore never deletes a PersistentVolumeClaim, since its data would go with it/,
  );
  assert.equal((await cluster.request("GET", CLAIM)).metadata.uid, other.uid);
});

describe("being deleted", () => {
  beforeEach(async () => {
    await edit(CONFIG_MAP, { metadata: { finalizers: ["example.com/slow"] } });
    await cluster.request("DELETE", CONFIG_MAP);
  });

  const finish = () => edit(CONFIG_MAP, { metadata: { finalizers: null } });

  for (const existing of ["skip", "update", "replace"] as const) {
    test(`${existing} waits until it is gone and creates it; dry runs do not wait`, async () => {
      const { metadata } = await cluster.request("GET", CONFIG_MAP);
      const started = performance.now();
      for (const dryRun of ["server", "client"] as const)
        assert.equal(
          itemOf(await restoreShop(existing, { dryRun }), "ConfigMap", "settings").outcome,
          "created",
        );
      assert.ok(performance.now() - started < 10_000);
      const [restored] = await Promise.all([restoreShop(existing), sleep(1_500).then(finish)]);
      assert.equal(itemOf(restored, "ConfigMap", "settings").outcome, "created");
      const now = await cluster.request("GET", CONFIG_MAP);
      assert.notEqual(now.metadata.uid, metadata.uid);
      assert.deepEqual(now.data, { color: "blue", size: "1" });
    });
  }

  test("kept by a finalizer, it fails and the finalizer is named", async () => {
    const item = itemOf(await restore({ client, archive, deletionTimeout: 1_000 }), "ConfigMap", "settings");
    assert.equal(item.outcome, "failed");
    assert.match(
      item.reason ?? "",
      /in deletion since .*, kept by the finalizer example\.com\/slow: once it is gone/,
    );
    await finish();
    await restoreShop("skip");
  });
});
