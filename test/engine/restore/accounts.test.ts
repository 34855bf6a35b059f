/** What controllers make by themselves, adopt or bind: default ServiceAccounts, revisions, volumes. */

import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import type { Archive } from "../../../src/archive/reader.ts";
import type { ApiClient } from "../../../src/cluster/requests/api-client.ts";
import { exists, remove } from "../../support/cluster/cluster-contents.ts";
import type { ControlPlane } from "../../support/cluster/control-plane.ts";
import { backUp, itemOf, restore, withEngine } from "../../support/engine/engine.ts";
import { until } from "../../support/until.ts";

const SHOP = "/api/v1/namespaces/shop";
const ACCOUNT = `${SHOP}/serviceaccounts/default`;
const APPS = "/apis/apps/v1/namespaces/shop";
const VOLUMES = "/api/v1/persistentvolumes";
const KINDS = [
  "serviceaccounts",
  "pods",
  "persistentvolumes",
  "persistentvolumeclaims",
  "controllerrevisions.apps",
];

let cluster: ControlPlane;
let client: ApiClient;
let archive: Archive;

withEngine(async (engine) => {
  ({ cluster, client } = engine);
  await cluster.request("POST", "/api/v1/namespaces", { metadata: { name: "shop" } });
  await until("there is a default account", () => exists(cluster, ACCOUNT));
  await cluster.request("PATCH", ACCOUNT, {
    metadata: { annotations: { "example.com/role": "reader" } },
    imagePullSecrets: [{ name: "registry" }],
    automountServiceAccountToken: false,
  });
  await cluster.request("POST", `${SHOP}/pods`, { metadata: { name: "alone" }, spec: podSpec("one") });
  await loadWorkloads();
  await loadVolumes();
  archive = await backUp(client, ["shop"], KINDS);
});

afterEach(clear);

const podSpec = (image: string) => ({ containers: [{ name: "c", image }] });

/** A StatefulSet and a DaemonSet, each with a past. */
async function loadWorkloads(): Promise<void> {
  const body = (plural: string, image: string) => {
    const labels = { app: plural };
    const template = { metadata: { labels }, spec: podSpec(image) };
    const spec = { selector: { matchLabels: labels }, template };
    return {
      metadata: { name: "db" },
      spec: plural === "statefulsets" ? { ...spec, serviceName: "db" } : spec,
    };
  };
  for (const plural of ["statefulsets", "daemonsets"])
    await cluster.request("POST", `${APPS}/${plural}`, body(plural, "one"));
  await until("the revisions are there", async () => (await revisions()).length === 2);
  for (const plural of ["statefulsets", "daemonsets"])
    await cluster.request("PATCH", `${APPS}/${plural}/db`, body(plural, "two"));
  await until("the revisions are there", async () => (await revisions()).length === 4);
}

/** Two volumes, one chosen by the controller, one bound by hand from both sides. */
async function loadVolumes(): Promise<void> {
  const common = { accessModes: ["ReadWriteOnce"], storageClassName: "manual" };
  const volume = { ...common, capacity: { storage: "1Gi" }, hostPath: { path: "/var/lib/x" } };
  const claim = { ...common, resources: { requests: { storage: "1Gi" } } };
  await cluster.request("POST", VOLUMES, { metadata: { name: "chosen" }, spec: volume });
  const claimRef = { apiVersion: "v1", kind: "PersistentVolumeClaim", namespace: "shop", name: "by-hand" };
  const byHand = { ...volume, capacity: { storage: "5Gi" }, claimRef };
  await cluster.request("POST", VOLUMES, { metadata: { name: "by-hand" }, spec: byHand });
  const claims = `${SHOP}/persistentvolumeclaims`;
  const named = { ...claim, volumeName: "by-hand" };
  await cluster.request("POST", claims, { metadata: { name: "by-hand" }, spec: named });
  await cluster.request("POST", claims, { metadata: { name: "data" }, spec: claim });
  await until("the claims are bound", async () => (await bound()).length === 2);
}

async function bound(): Promise<string[]> {
  const { items } = await cluster.request("GET", `${SHOP}/persistentvolumeclaims`);
  return items
    .filter(({ status }: { status: { phase: string } }) => status.phase === "Bound")
    .map(({ metadata, spec }: { metadata: { name: string }; spec: { volumeName: string } }) => {
      return `${metadata.name} to ${spec.volumeName}`;
    })
    .sort();
}

interface Revision {
  metadata: { name: string; ownerReferences?: { kind: string; uid: string; controller: boolean }[] };
  revision: number;
}

async function revisions(): Promise<Revision[]> {
  return (await cluster.request("GET", `${APPS}/controllerrevisions`)).items;
}

async function clear(): Promise<void> {
  await remove(cluster, SHOP);
  for (const name of ["chosen", "by-hand"]) await remove(cluster, `${VOLUMES}/${name}`);
}

/** The archive, whose ServiceAccounts come only once the cluster has made its own. */
function late(): Archive {
  const objects: Archive["objects"] = async function* (file, signal) {
    if (file.resource === "serviceaccounts")
      await until("there is a default account", () => exists(cluster, ACCOUNT));
    yield* archive.objects(file, signal);
  };
  const get = (target: Archive, name: keyof Archive) => {
    const member = target[name];
    return name === "objects" ? objects : typeof member === "function" ? member.bind(target) : member;
  };
  return new Proxy(archive, { get } as ProxyHandler<Archive>);
}

const account = async () => {
  const { metadata, imagePullSecrets, automountServiceAccountToken } = await cluster.request("GET", ACCOUNT);
  return { annotations: metadata.annotations, imagePullSecrets, automountServiceAccountToken };
};
const BACKED_UP = {
  annotations: { "example.com/role": "reader" },
  imagePullSecrets: [{ name: "registry" }],
  automountServiceAccountToken: false,
};

test("the default ServiceAccount of a new namespace ends as the backup has it, also where the cluster made it first", async () => {
  await clear();
  const restored = await restore({ client, archive: late() });
  assert.deepEqual(restored.report.failures, []);
  assert.equal(itemOf(restored, "ServiceAccount", "default").outcome, "created");
  assert.deepEqual(await account(), BACKED_UP);
  assert.equal(itemOf(restored, "Pod", "alone").outcome, "created");
});

test("in a namespace that was there it stays as it is, but for a restore that was cut short", async () => {
  await clear();
  await cluster.request("POST", "/api/v1/namespaces", { metadata: { name: "shop" } });
  await until("there is a default account", () => exists(cluster, ACCOUNT));
  const made = await account();
  const skipped = await restore({ client, archive });
  assert.equal(itemOf(skipped, "ServiceAccount", "default").outcome, "skipped");
  assert.deepEqual(await account(), made);
  await cluster.request("PATCH", ACCOUNT, { metadata: { labels: { mine: "yes" } } });
  const own = await restore({ client, archive, resumed: true });
  assert.equal(itemOf(own, "ServiceAccount", "default").outcome, "skipped", "somebody has changed it");
  await cluster.request("PATCH", ACCOUNT, { metadata: { labels: null } });
  const resumed = await restore({ client, archive, resumed: true });
  assert.equal(itemOf(resumed, "ServiceAccount", "default").outcome, "created");
  assert.deepEqual(await account(), BACKED_UP);
});

test("revisions are adopted, none is made twice, and rollouts can be undone", async () => {
  await clear();
  await restore({ client, archive });
  const uids = new Set<string>();
  for (const plural of ["statefulsets", "daemonsets"]) {
    const path = `${APPS}/${plural}/db`;
    const seen = async () => (await cluster.request("GET", path)).status.observedGeneration >= 1;
    await until(`${plural} are observed`, seen);
    uids.add((await cluster.request("GET", path)).metadata.uid);
  }
  const isAdopted = ({ metadata }: Revision) =>
    metadata.ownerReferences?.some(({ controller, uid }) => controller && uids.has(uid)) === true;
  await until("the revisions are adopted", async () => (await revisions()).every(isAdopted));
  const now = (await revisions()).map(({ metadata: { name }, revision }) => `${name} ${revision}`);
  assert.deepEqual(now.sort(), await archivedRevisions());
  for (const plural of ["statefulsets", "daemonsets"]) {
    await cluster.kubectl(["rollout", "undo", "--namespace", "shop", `${plural}/db`]);
    const { spec } = await cluster.request("GET", `${APPS}/${plural}/db`);
    assert.equal(spec.template.spec.containers[0].image, "one", plural);
  }
  // The controllers give the old revision a new number.
  await until(
    "the revisions have new numbers",
    async () => (await revisions()).filter(({ revision }) => revision === 3).length === 2,
  );
  assert.equal((await revisions()).length, 4);
});

async function archivedRevisions(): Promise<string[]> {
  const file = [...archive.files].find(
    ({ resource, content }) => resource === "controllerrevisions.apps" && content === "objects",
  );
  assert.ok(file !== undefined);
  const texts = await Array.fromAsync(archive.objects(file, new AbortController().signal));
  return texts
    .map((text) => JSON.parse(text) as Revision)
    .map(({ metadata: { name }, revision }) => `${name} ${revision}`)
    .sort();
}

test("claims are bound again, as by the controller so by hand, and the report says what does not come back", async () => {
  await clear();
  const planned = await restore({ client, archive, dryRun: "client" });
  assert.match(planned.report.notes.join("\n"), /^2 PersistentVolumeClaims would come back empty/m);
  const { report } = await restore({ client, archive });
  assert.match(report.notes.join("\n"), /^2 PersistentVolumeClaims came back empty, .* no data of volumes/m);
  await until("the claims are bound", async () => (await bound()).length === 2);
  assert.deepEqual(await bound(), ["by-hand to by-hand", "data to chosen"]);
  const again = await restore({ client, archive });
  assert.deepEqual(again.report.notes, []);
});
