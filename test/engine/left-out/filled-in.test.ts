/**
 * Every field that the API server or a controller fills in, of every kind: found by who manages it, in a real cluster.
 * A backup leaves it out, or a table says why it may be kept. A field of a newer Kubernetes fails the test.
 */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { parseJson } from "../../../src/kubernetes/json.ts";
import { portable } from "../../../src/objects/portable.ts";
import { type ControlPlane, startControlPlane } from "../../support/cluster/control-plane.ts";
import { loadEveryKind, type Served, servedResources } from "../../support/samples/every-kind/load.ts";
import { KEPT_FIELDS } from "../../support/samples/kept-fields.ts";

type Json = Record<string, unknown>;

/** Managers that are no person. */
const CONTROLLERS = /^(kube-controller-manager|kube-apiserver|kube-scheduler|Go-http-client)$/;

let cluster: ControlPlane;

before(async () => {
  cluster = await startControlPlane();
  // The default classes of this cluster.
  await cluster.request("POST", "/apis/storage.k8s.io/v1/storageclasses", {
    metadata: { name: "default", annotations: { "storageclass.kubernetes.io/is-default-class": "true" } },
    provisioner: "example.com/none",
  });
  await cluster.request("POST", "/apis/networking.k8s.io/v1/ingressclasses", {
    metadata: { name: "default", annotations: { "ingressclass.kubernetes.io/is-default-class": "true" } },
    spec: { controller: "example.com/none" },
  });
  await loadEveryKind(cluster);
  const root = "/api/v1/namespaces/every-kind";
  for (const [path, object] of PLAIN)
    await cluster.request("POST", path.startsWith("/") ? path : `${root}/${path}`, object);
});

const PORTS = [{ port: 80 }];

/** What says as little as it can, so that the most is filled in. */
const PLAIN: readonly (readonly [path: string, object: object])[] = [
  ["pods", { metadata: { name: "plain" }, spec: { containers: [{ name: "a", image: "example.com/a" }] } }],
  [
    "persistentvolumeclaims",
    {
      metadata: { name: "plain" },
      spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } },
    },
  ],
  ["services", { metadata: { name: "plain" }, spec: { ports: PORTS } }],
  ["services", { metadata: { name: "headless" }, spec: { clusterIP: "None", ports: PORTS } }],
  [
    "services",
    {
      metadata: { name: "balanced" },
      spec: { type: "LoadBalancer", externalTrafficPolicy: "Local", selector: { a: "b" }, ports: PORTS },
    },
  ],
  ["serviceaccounts", { metadata: { name: "plain" } }],
  [
    "/apis/networking.k8s.io/v1/namespaces/every-kind/ingresses",
    {
      metadata: { name: "plain" },
      spec: { defaultBackend: { service: { name: "plain", port: { number: 80 } } } },
    },
  ],
  [
    "/apis/batch/v1/namespaces/every-kind/jobs",
    {
      metadata: { name: "plain" },
      spec: {
        template: { spec: { restartPolicy: "Never", containers: [{ name: "a", image: "example.com/a" }] } },
      },
    },
  ],
];

after(() => cluster?.stop());

function isMap(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The fields that persons manage, of all of them together. */
function claimedFields(object: Json): Json {
  const { managedFields = [] } = object["metadata"] as { managedFields?: Json[] };
  const all: Json = {};
  const merge = (into: Json, from: Json) => {
    for (const [name, below] of Object.entries(from)) {
      into[name] ??= {};
      merge(into[name] as Json, below as Json);
    }
  };
  for (const { manager, fieldsV1 } of managedFields)
    if (!CONTROLLERS.test(String(manager))) merge(all, fieldsV1 as Json);
  return all;
}

/** Paths of what nobody claims, and what the portable object still has. */
function* unclaimed(
  value: unknown,
  claimed: Json | undefined,
  kept: unknown,
  path: string,
): Generator<string> {
  if (kept === undefined) return;
  // A field without fields below it is claimed as a whole.
  if (claimed !== undefined && Object.keys(claimed).every((name) => name === ".")) return;
  if (isMap(value)) {
    for (const [name, below] of Object.entries(value)) {
      const there = isMap(kept) ? kept[name] : undefined;
      yield* unclaimed(below, claimed?.[`f:${name}`] as Json | undefined, there, `${path}.${name}`);
    }
  } else if (claimed === undefined) {
    yield path;
  } else if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) {
      const there = Array.isArray(kept)
        ? isMap(item)
          ? kept[index]
          : kept.find((each) => each === item)
        : undefined;
      yield* unclaimed(item, claimOf(item, claimed), there, `${path}[]`);
    }
  }
}

/** The fields of an item of a list, by its keys or its value. */
function claimOf(item: unknown, claimed: Json): Json | undefined {
  if (!isMap(item)) return claimed[`v:${JSON.stringify(item)}`] as Json | undefined;
  const found = Object.entries(claimed).find(([key]) => {
    if (!key.startsWith("k:")) return false;
    return Object.entries(JSON.parse(key.slice(2)) as Json).every(([name, value]) => item[name] === value);
  });
  return found?.[1] as Json | undefined;
}

/** The objects of a resource, with kind and apiVersion. */
async function list({ name, apiVersion, kind }: Served): Promise<Json[]> {
  const root = apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  const text = await cluster.kubectl(["get", "--raw", `${root}/${name.split(".")[0]}`]);
  const { items } = parseJson(text) as unknown as { items: Json[] };
  return items.map((item) => ({ ...item, apiVersion, kind }));
}

/** What of an object is filled in, and is in a backup; nothing of what controllers made wholly. */
function keptFields(kind: string, object: Json): string[] {
  const claimed = claimedFields(object);
  const left = portable({ kind }, parseJson(JSON.stringify(object)) as never);
  if (Object.keys(claimed).length === 0 || left === undefined) return [];
  const { apiVersion: _, kind: __, ...fields } = object;
  return [...unclaimed(fields, claimed, parseJson(left.text), "")]
    .filter((path) => !/^\.metadata\.(name|namespace)$/.test(path))
    .map((path) => `${kind} ${path.slice(1)}`);
}

test("every field that nobody claims is left out, or known to be taken anywhere", async () => {
  const found = new Set<string>();
  for (const served of await servedResources(cluster)) {
    const { verbs, apiVersion, kind } = served;
    if (!verbs.includes("list") || !verbs.includes("create")) continue;
    if (apiVersion.startsWith("kinds.example.com")) continue;
    for (const object of await list(served)) for (const path of keptFields(kind, object)) found.add(path);
  }
  const isOf = ({ kind, path }: (typeof KEPT_FIELDS)[number]) => {
    const field = `${kind} ${path}`;
    return (each: string) => each === field || each.startsWith(`${field}.`) || each.startsWith(`${field}[`);
  };
  assert.deepEqual(
    [...found].filter((each) => !KEPT_FIELDS.some((field) => isOf(field)(each))),
    [],
  );
  assert.deepEqual(
    KEPT_FIELDS.filter((field) => ![...found].some(isOf(field))),
    [],
  );
});
