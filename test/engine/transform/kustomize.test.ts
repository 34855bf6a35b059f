/** A file of patches means what it means to kustomize: both change the same objects to the same. */

import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { applyPatch } from "rfc6902";
import { parseAllDocuments } from "yaml";
import { parseTransform } from "../../../src/transform/transform-file.ts";
import { changeObject } from "../../../src/transform/transform-object.ts";
import { binaries } from "../../support/binaries/build.ts";
import { runKubectl } from "../../support/cluster/kubectl.ts";

let kubectl: string;
let folder: string;

before(async () => {
  ({ kubectl } = await binaries(["kubectl"]));
  folder = await mkdtemp(path.join(tmpdir(), "kube-backup-kustomize-"));
  const input = OBJECTS.map((object) => JSON.stringify(object)).join("\n---\n");
  await writeFile(path.join(folder, "objects.yaml"), input);
});

after(async () => await rm(folder, { recursive: true, force: true }));

function workload(kind: string, namespace: string, name: string, labels: object) {
  const spec = { replicas: 1, list: [{ name: "a" }, { name: "b" }], "a/b": { "c~d": true } };
  return {
    apiVersion: "apps/v1",
    kind,
    metadata: { name, namespace, labels, annotations: { old: "1" } },
    spec,
  };
}

const OBJECTS = [
  { apiVersion: "v1", kind: "Namespace", metadata: { name: "shop", annotations: { old: "1" } } },
  workload("Deployment", "shop", "web", { tier: "front" }),
  workload("Deployment", "shop", "web-2", { tier: "back" }),
  workload("StatefulSet", "shop", "web", { tier: "back" }),
  workload("Deployment", "bank", "web", { tier: "front", canary: "true" }),
  {
    ...{ apiVersion: "networking.k8s.io/v1", kind: "Ingress" },
    ...{
      metadata: { name: "front", namespace: "shop", annotations: { old: "1" } },
      spec: { ingressClassName: "a" },
    },
  },
];

type Patches = readonly { target?: object; patch: string }[];

/** Objects by their titles. */
function titled(objects: Iterable<{ kind: string; metadata: { namespace?: string; name: string } }>) {
  return Object.fromEntries(
    [...objects].map((each) => [`${each.kind} ${each.metadata.namespace}/${each.metadata.name}`, each]),
  );
}

async function byKustomize(patches: Patches): Promise<object> {
  const kustomization = { resources: ["objects.yaml"], patches };
  await writeFile(path.join(folder, "kustomization.yaml"), JSON.stringify(kustomization));
  const output = await runKubectl(kubectl, ["kustomize", folder], {});
  return titled(parseAllDocuments(output).map((document) => document.toJS()));
}

function byTransform(patches: Patches): object {
  const transforms = [parseTransform("t.yaml", JSON.stringify({ patches }))];
  const changes = { transforms, paused: false, apply: applyPatch };
  return titled(
    OBJECTS.map((object) => {
      const [group = "", version] = object.apiVersion.includes("/")
        ? object.apiVersion.split("/")
        : ["", object.apiVersion];
      const resource = { group, version: version ?? "", kind: object.kind };
      const given = { resource, text: JSON.stringify(object), object, owners: [] };
      const { fault, text } = changeObject(changes, given);
      assert.equal(fault, undefined);
      return JSON.parse(text);
    }),
  );
}

const MARK = JSON.stringify([{ op: "add", path: "/metadata/annotations/new", value: "1" }]);

describe("which objects a target is for", () => {
  const targets: object[] = [
    { kind: "Deployment" },
    { kind: "Deploy" },
    { kind: "Deploy.*" },
    { kind: "StatefulSet|Deployment" },
    { group: "apps" },
    { group: "app" },
    { group: "networking.k8s.io", version: "v1" },
    { version: "v1" },
    { version: "v1beta1" },
    { name: "web" },
    { name: "we" },
    { name: "web|front" },
    { name: "w.*" },
    { name: "^web$" },
    { name: "web", namespace: "shop" },
    { name: "web", namespace: "sh.p" },
    { namespace: "sho" },
    { kind: "", name: "web-2" },
    { labelSelector: "tier=front" },
    { labelSelector: "tier in (front,back),!canary" },
    { labelSelector: "tier!=front", kind: "Deployment" },
    { labelSelector: "canary" },
  ];
  for (const target of targets) {
    test(JSON.stringify(target), async () => {
      const patches = [{ target, patch: MARK }];
      assert.deepEqual(byTransform(patches), await byKustomize(patches));
    });
  }
});

describe("what a patch does", () => {
  const target = { kind: "Deployment", name: "web", namespace: "shop" };
  const operations: object[][] = [
    [{ op: "replace", path: "/spec/replicas", value: 5 }],
    [{ op: "remove", path: "/spec/list/0" }],
    [{ op: "add", path: "/spec/list/-", value: { name: "c" } }],
    [{ op: "add", path: "/spec/list/1", value: { name: "c" } }],
    [{ op: "add", path: "/spec/more", value: { deep: [1, true, null, "x"] } }],
    [{ op: "remove", path: "/spec/a~1b/c~0d" }],
    [{ op: "copy", from: "/spec/list/0", path: "/spec/first" }],
    [{ op: "move", from: "/spec/list", path: "/spec/items" }],
    [
      { op: "test", path: "/spec/replicas", value: 1 },
      { op: "replace", path: "/spec/replicas", value: 2 },
    ],
  ];
  for (const each of operations) {
    test(JSON.stringify(each), async () => {
      const patches = [{ target, patch: JSON.stringify(each) }];
      assert.deepEqual(byTransform(patches), await byKustomize(patches));
    });
  }
  const merges: object[] = [
    { spec: { replicas: 5 } },
    { spec: { replicas: null } },
    { spec: { more: { a: { b: 1 } } } },
    // Of labels and annotations, kustomize takes null for the text "null".
    { metadata: { labels: { more: "1" }, annotations: { new: "1" } } },
  ];
  for (const each of merges) {
    test(`${JSON.stringify(each)}, by name and by target`, async () => {
      const named = {
        apiVersion: "apps/v1",
        kind: "Deployment",
        metadata: { name: "web", namespace: "shop" },
      };
      const { metadata = {}, ...rest } = each as { metadata?: object };
      const patch = JSON.stringify({ ...named, ...rest, metadata: { ...named.metadata, ...metadata } });
      for (const patches of [[{ patch }], [{ target, patch }]])
        assert.deepEqual(byTransform(patches), await byKustomize(patches));
    });
  }
});

test("a patch is for what an earlier one has labelled", async () => {
  const patches = [
    {
      target: { kind: "Deployment" },
      patch: JSON.stringify([{ op: "add", path: "/metadata/labels/new", value: "1" }]),
    },
    { target: { labelSelector: "new=1" }, patch: MARK },
  ];
  assert.deepEqual(byTransform(patches), await byKustomize(patches));
});
