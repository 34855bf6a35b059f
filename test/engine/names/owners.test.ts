/**
 * Metadata that stays, and owners: of built-in and custom kinds, cluster-scoped and not, in chains. Each
 * reference holds the uid that its owner has now; one whose owner is nowhere is dropped, and reported.
 */

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import {
  collectionOf,
  type Definition,
  define,
  OPEN_VERSION,
  type Restored,
  type Rig,
  startRig,
} from "../../support/engine/rig.ts";
import { until } from "../../support/until.ts";

const NAMESPACE = "owners";
const GROUP = "owners.example.com";

function definition(plural: string, kind: string, namespaced = true): Definition {
  return { group: GROUP, plural, kind, namespaced, versions: [OPEN_VERSION] };
}

const ZONES = definition("zones", "Zone", false);
const APPS = definition("apps", "App");
const PARTS = definition("parts", "Part");
/** Kinds whose controller, were they the built-in ones, would adopt what they own. */
const DEPLOYMENTS = definition("deployments", "Deployment");
const REPLICA_SETS = definition("replicasets", "ReplicaSet");
const DEFINITIONS = [ZONES, APPS, PARTS, DEPLOYMENTS, REPLICA_SETS];

const CONFIG_MAPS = `/api/v1/namespaces/${NAMESPACE}/configmaps`;
const SECRETS = `/api/v1/namespaces/${NAMESPACE}/secrets`;
const BUILT_IN_DEPLOYMENTS = `/apis/apps/v1/namespaces/${NAMESPACE}/deployments`;
const LEASES = `/apis/coordination.k8s.io/v1/namespaces/${NAMESPACE}/leases`;
const place = (definition: Definition) =>
  collectionOf(definition, definition.namespaced ? NAMESPACE : undefined);

/** Everything that is deleted and restored. */
const COLLECTIONS = [...DEFINITIONS.map(place), CONFIG_MAPS, SECRETS, BUILT_IN_DEPLOYMENTS];

/** An owner by the path of its collection, and what the reference to it says besides. */
interface Reference {
  collection: string;
  name: string;
  controller?: boolean;
  blockOwnerDeletion?: boolean;
}

/** Objects in the order in which they are created: owners first. */
const OBJECTS: readonly { collection: string; name: string; owners: readonly Reference[] }[] = [
  { collection: place(ZONES), name: "north", owners: [] },
  {
    collection: place(APPS),
    name: "shop",
    owners: [{ collection: place(ZONES), name: "north", controller: true, blockOwnerDeletion: true }],
  },
  {
    collection: place(PARTS),
    name: "cart",
    owners: [
      { collection: place(APPS), name: "shop", controller: true, blockOwnerDeletion: true },
      { collection: place(ZONES), name: "north", blockOwnerDeletion: false },
    ],
  },
  // Owns one that comes before it by its name and by its kind.
  { collection: place(APPS), name: "a-part-of-cart", owners: [{ collection: place(PARTS), name: "cart" }] },
  {
    collection: CONFIG_MAPS,
    name: "settings",
    owners: [{ collection: place(PARTS), name: "cart", controller: true, blockOwnerDeletion: true }],
  },
  {
    collection: SECRETS,
    name: "of-settings",
    owners: [{ collection: CONFIG_MAPS, name: "settings", controller: false, blockOwnerDeletion: false }],
  },
  {
    collection: place(ZONES),
    name: "north-east",
    owners: [{ collection: place(ZONES), name: "north", controller: true }],
  },
  { collection: place(DEPLOYMENTS), name: "web", owners: [] },
  {
    collection: place(REPLICA_SETS),
    name: "of-a-deployment-of-its-group",
    owners: [{ collection: place(DEPLOYMENTS), name: "web", controller: true, blockOwnerDeletion: true }],
  },
  {
    collection: place(REPLICA_SETS),
    name: "of-a-deployment-built-in",
    owners: [{ collection: BUILT_IN_DEPLOYMENTS, name: "web", controller: true, blockOwnerDeletion: true }],
  },
  // Leases are in no backup: these come back without that owner.
  {
    collection: CONFIG_MAPS,
    name: "loses-its-owner",
    owners: [{ collection: LEASES, name: "gone", controller: true, blockOwnerDeletion: true }],
  },
  {
    collection: place(PARTS),
    name: "loses-one-owner",
    owners: [
      { collection: LEASES, name: "gone" },
      { collection: place(APPS), name: "shop", controller: true },
    ],
  },
  // This one is in no backup either, and in the cluster.
  { collection: CONFIG_MAPS, name: "keeps-its-owner", owners: [{ collection: LEASES, name: "stays" }] },
];

const KEPT_METADATA = {
  finalizers: ["owners.example.com/keep", "example.com/more"],
  annotations: {
    "kubectl.kubernetes.io/last-applied-configuration": '{"apiVersion":"v1","kind":"ConfigMap"}\n',
    "kubectl.kubernetes.io/restartedAt": "2026-01-02T03:04:05+02:00",
  },
};

let rig: Rig;
let restored: Restored;
let asItWas: Map<string, Map<string, string>>;

before(async () => {
  rig = await startRig();
  await rig.cluster.request("POST", "/api/v1/namespaces", { metadata: { name: NAMESPACE } });
  await define(rig, DEFINITIONS);
  for (const name of ["gone", "stays"]) await rig.cluster.request("POST", LEASES, { metadata: { name } });
  await rig.cluster.request("POST", BUILT_IN_DEPLOYMENTS, deployment("web"));
  for (const { collection, name, owners } of OBJECTS) {
    const ownerReferences = await Promise.all(owners.map(referenceTo));
    await rig.cluster.request("POST", collection, {
      ...typeOf(collection),
      metadata: { name, ownerReferences },
    });
  }
  await rig.cluster.request("POST", CONFIG_MAPS, { metadata: { name: "kept", ...KEPT_METADATA } });
  await rig.cluster.request("POST", place(PARTS), {
    ...typeOf(place(PARTS)),
    metadata: { name: "kept", ...KEPT_METADATA },
  });
  asItWas = await texts();
  const backup = await rig.backUp();
  await empty();
  restored = await rig.restore(backup);
});

after(() => rig?.stop());

it("nothing fails, and each lost owner is told of", () => {
  assert.deepEqual(restored.report.failures, []);
  const lost = restored.report.notes.filter((note) => note.includes("owner"));
  assert.equal(lost.length, 2, lost.join("\n"));
  for (const name of ["loses-its-owner", "loses-one-owner"])
    assert.equal(
      lost.filter((note) => note.includes(`${NAMESPACE}/${name} `) && note.includes("Lease gone")).length,
      1,
      lost.join("\n"),
    );
});

describe("owner references", () => {
  for (const { collection, name, owners } of OBJECTS) {
    it(`of ${collection.split("/").at(-1)} ${name} hold the uids of now, and their flags`, async () => {
      const expected = await Promise.all(owners.filter((owner) => owner.name !== "gone").map(referenceTo));
      const { metadata } = await rig.cluster.request("GET", `${collection}/${name}`);
      assert.deepEqual(metadata.ownerReferences ?? [], expected);
    });
  }
});

it("all else is to the letter as it was: finalizers, what was applied last, when it was restarted", async () => {
  const now = await texts();
  for (const [collection, objects] of asItWas) {
    for (const [title, text] of objects) {
      if (title.includes("/loses-")) continue;
      assert.equal(now.get(collection)?.get(title), text);
    }
  }
});

it("the garbage collector deletes nothing of it", async () => {
  const uids = async () =>
    (await Promise.all(COLLECTIONS.map((collection) => rig.cluster.request("GET", collection))))
      .flatMap(({ items }) => items.map(({ metadata }: { metadata: { uid: string } }) => metadata.uid))
      .sort();
  const then = await uids();
  await sleep(6_000);
  assert.deepEqual(await uids(), then);
});

async function texts(): Promise<Map<string, Map<string, string>>> {
  const found = new Map<string, Map<string, string>>();
  for (const collection of COLLECTIONS) found.set(collection, await rig.texts(collection));
  return found;
}

/** Deletes all of it; what owns something else waits for that. */
async function empty(): Promise<void> {
  for (const collection of [CONFIG_MAPS, place(PARTS)])
    await rig.cluster.request("PATCH", `${collection}/kept`, { metadata: { finalizers: null } });
  for (const collection of COLLECTIONS)
    await rig.send("DELETE", `${collection}?propagationPolicy=Background`);
  await rig.send("DELETE", `${LEASES}/gone`);
  await until("all of it is gone", async () => {
    const left = await Promise.all(
      COLLECTIONS.map(async (collection) => [...(await rig.texts(collection)).keys()]),
    );
    return left.flat().every((title) => title.endsWith("/kube-root-ca.crt"));
  });
}

async function referenceTo({ collection, name, ...flags }: Reference): Promise<Record<string, unknown>> {
  const { apiVersion, kind, metadata } = await rig.cluster.request("GET", `${collection}/${name}`);
  return { apiVersion, kind, name, uid: metadata.uid, ...flags };
}

function typeOf(collection: string): { apiVersion?: string; kind?: string } {
  const found = DEFINITIONS.find((definition) => place(definition) === collection);
  return found === undefined ? {} : { apiVersion: `${found.group}/v1`, kind: found.kind };
}

/** Paused, so that nothing becomes of it. */
function deployment(name: string): object {
  const labels = { app: name };
  const metadata = { labels, annotations: { "kubectl.kubernetes.io/restartedAt": "2026-01-02T03:04:05Z" } };
  const template = { metadata, spec: { containers: [{ name, image: `${name}:1` }] } };
  return {
    metadata: { name },
    spec: { paused: true, replicas: 0, selector: { matchLabels: labels }, template },
  };
}
