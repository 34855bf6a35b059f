/** What an update sends, and how its answer is judged. */

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { JsonObject } from "../../../src/kubernetes/json.ts";
import { keepControllerFields } from "../../../src/restore/object/controller-fields.ts";
import { differencesOf } from "../../../src/restore/object/differences.ts";
import { withoutOwnAllocations } from "../../../src/restore/object/service-allocations.ts";
import { bodyOver, silentlyKept } from "../../../src/restore/object/update-body.ts";
import { hasOwners, mergeOwners } from "../../../src/restore/owners/merge-owner-references.ts";

const clone = (object: object) => JSON.parse(JSON.stringify(object)) as JsonObject;
const HERE = { name: "x", uid: "u", resourceVersion: "7" };

describe("bodyOver", () => {
  const CASES: {
    title: string;
    kind?: string;
    live: object;
    portable: object;
    wanted: object;
    expected: object;
  }[] = [
    {
      title: "leaves out keys that were added, and takes the place of this very state",
      live: { metadata: { ...HERE, generation: 3, labels: { added: "1" } }, data: { a: "2", added: "1" } },
      portable: { metadata: { name: "x", labels: { added: "1" } }, data: { a: "2", added: "1" } },
      wanted: { metadata: { name: "x" }, data: { a: "1" } },
      expected: { metadata: HERE, data: { a: "1" } },
    },
    {
      title: "keeps status, and a claim's volume with the annotations of its binding",
      live: {
        metadata: { ...HERE, annotations: { bound: "yes", mine: "1" } },
        spec: { volumeName: "v", size: 2 },
        status: { phase: "Bound" },
      },
      portable: { metadata: { name: "x", annotations: { mine: "1" } }, spec: { size: 2 } },
      wanted: { metadata: { name: "x" }, spec: { size: 1 } },
      expected: {
        metadata: { ...HERE, annotations: { bound: "yes" } },
        spec: { size: 1, volumeName: "v" },
        status: { phase: "Bound" },
      },
    },
    {
      title: "lets the backup say what it says itself",
      live: { metadata: HERE, spec: { volumeName: "v" } },
      portable: { metadata: { name: "x" }, spec: {} },
      wanted: { metadata: { name: "x" }, spec: { volumeName: "w" } },
      expected: { metadata: HERE, spec: { volumeName: "w" } },
    },
    {
      title: "keeps items that backups leave out of a list",
      live: { metadata: HERE, secrets: [{ name: "x-token-abcde" }, { name: "kept" }] },
      portable: { metadata: { name: "x" }, secrets: [{ name: "kept" }] },
      wanted: { metadata: { name: "x" }, secrets: [{ name: "former" }] },
      expected: { metadata: HERE, secrets: [{ name: "former" }, { name: "x-token-abcde" }] },
    },
    {
      title: "sends no address or port of a Service, which the API server keeps where they fit",
      kind: "Service",
      live: { metadata: HERE, spec: { clusterIP: "10.0.0.1", healthCheckNodePort: 3, type: "LoadBalancer" } },
      portable: { metadata: { name: "x" }, spec: { type: "LoadBalancer" } },
      wanted: { metadata: { name: "x" }, spec: { type: "ExternalName" } },
      expected: { metadata: HERE, spec: { type: "ExternalName" } },
    },
  ];
  for (const { title, kind = "Thing", live, portable, wanted, expected } of CASES) {
    it(title, () => {
      const parts = {
        kind,
        live: clone(live),
        portable: clone(portable),
        wanted: clone(wanted),
        references: [],
      };
      assert.deepEqual(bodyOver(parts), expected);
    });
  }
});

describe("silentlyKept", () => {
  const CASES: [live: object, wanted: object, kept: boolean][] = [
    [{ clusterIP: "None" }, {}, true],
    [{ clusterIP: "None" }, { clusterIP: "None" }, false],
    [{ clusterIP: "None" }, { type: "ExternalName" }, false],
    [{ clusterIP: "10.0.0.1" }, {}, false],
    [{ clusterIP: "10.0.0.1" }, { clusterIP: "None" }, false],
  ];
  for (const [live, wanted, kept] of CASES) {
    it(`${JSON.stringify(live)} to ${JSON.stringify(wanted)}: ${kept}`, () =>
      assert.equal(silentlyKept("Service", { spec: live }, { spec: wanted }) !== undefined, kept));
  }
  it("knows no other kinds", () =>
    assert.equal(silentlyKept("Thing", { spec: { clusterIP: "None" } }, { spec: {} }), undefined));
});

describe("keepControllerFields", () => {
  const owned = {
    ownerReferences: [{ apiVersion: "apps/v1", kind: "Deployment", name: "web", controller: true }],
  };
  const revision = (value: string) => ({ "deployment.kubernetes.io/revision": value });
  const CASES: [title: string, resource: string, live: object, wanted: object, expected: object][] = [
    [
      "a Deployment's revision",
      "deployments.apps",
      { metadata: { annotations: revision("3") }, spec: { replicas: 9 } },
      { metadata: { annotations: { ...revision("1"), a: "1" } }, spec: { replicas: 2 } },
      { metadata: { annotations: { ...revision("3"), a: "1" } }, spec: { replicas: 2 } },
    ],
    [
      "a revision that is not there yet",
      "deployments.apps",
      { metadata: {} },
      { metadata: { annotations: revision("1") } },
      { metadata: {} },
    ],
    [
      "a revision that the backup does not have",
      "deployments.apps",
      { metadata: { annotations: revision("1") } },
      { metadata: {} },
      { metadata: { annotations: revision("1") } },
    ],
    [
      "the size of a ReplicaSet that a Deployment controls",
      "replicasets.apps",
      { metadata: { ...owned, annotations: revision("2") }, spec: { replicas: 0 } },
      { metadata: { annotations: revision("1") }, spec: { replicas: 3 } },
      { metadata: { annotations: revision("2") }, spec: { replicas: 0 } },
    ],
    [
      "the number of a ControllerRevision that a StatefulSet controls",
      "controllerrevisions.apps",
      {
        metadata: { ownerReferences: [{ ...owned.ownerReferences[0], kind: "StatefulSet", name: "db" }] },
        revision: 3,
      },
      { metadata: {}, revision: 1 },
      { metadata: {}, revision: 3 },
    ],
    [
      "nothing of a ControllerRevision on its own",
      "controllerrevisions.apps",
      { metadata: {}, revision: 3 },
      { metadata: {}, revision: 1 },
      { metadata: {}, revision: 1 },
    ],
    [
      "nothing of a ReplicaSet on its own",
      "replicasets.apps",
      { metadata: {}, spec: { replicas: 0 } },
      { metadata: {}, spec: { replicas: 3 } },
      { metadata: {}, spec: { replicas: 3 } },
    ],
    [
      "nothing of another kind",
      "configmaps",
      { metadata: { annotations: revision("2") } },
      { metadata: { annotations: revision("1") } },
      { metadata: { annotations: revision("1") } },
    ],
  ];
  for (const [title, resource, live, wanted, expected] of CASES) {
    it(`keeps ${title}`, () => {
      const object = clone(wanted);
      keepControllerFields(resource, { apiVersion: "apps/v1", ...clone(live) }, object);
      assert.deepEqual(object, expected);
    });
  }

  it("keeps the rules of a ClusterRole that aggregates others, before and after", () => {
    const kept = (live: object, wanted: object) => {
      const role = { apiVersion: "rbac.authorization.k8s.io/v1", ...live };
      const object = clone(wanted);
      keepControllerFields("clusterroles.rbac.authorization.k8s.io", role, object);
      return object["rules"];
    };
    const aggregationRule = {};
    assert.deepEqual(kept({ aggregationRule, rules: [1] }, { aggregationRule, rules: [2] }), [1]);
    assert.deepEqual(kept({ rules: [1] }, { aggregationRule, rules: [2] }), [2]);
    assert.deepEqual(kept({ aggregationRule, rules: [1] }, { rules: [2] }), [2]);
  });

  it("keeps nothing in a kind of another group", () => {
    const live = { apiVersion: "apps.example.com/v1", metadata: { annotations: revision("3") } };
    const object = { metadata: { annotations: revision("1") } };
    keepControllerFields("deployments.apps.example.com", live, object);
    assert.deepEqual(object, { metadata: { annotations: revision("1") } });
  });
});

describe("differencesOf", () => {
  const CASES: [
    title: string,
    wanted: object,
    found: object,
    raw: object | undefined,
    lost: string[],
    added: string[],
    unclaimed?: string[],
  ][] = [
    ["equal", { a: 1 }, { a: 1 }, undefined, [], []],
    [
      "another value, and one that is missing",
      { a: { b: 1, c: 2 } },
      { a: { b: 2 } },
      undefined,
      ["a.b", "a.c"],
      [],
    ],
    ["a default of a later version", { spec: {} }, { spec: { now: true } }, undefined, [], ["spec.now"]],
    [
      "in an item",
      { list: [{ name: "web", image: "1" }] },
      { list: [{ name: "web", image: "2", more: 1 }] },
      undefined,
      ["list[name=web].image"],
      ["list[name=web].more"],
    ],
    ["lists of another length", { list: [1, 2] }, { list: [1] }, undefined, ["list"], []],
    [
      "what portable form hides",
      { ports: [{ port: 80, nodePort: 3 }] },
      { ports: [{ port: 80 }] },
      { ports: [{ port: 80, nodePort: 3 }] },
      [],
      [],
      ["ports[0].nodePort"],
    ],
    ["a list of which portable form hides a part", { list: [1] }, {}, { list: [1] }, [], [], ["list"]],
    ["what portable form hides of another value", { a: { b: 1 } }, { a: {} }, { a: { b: 2 } }, ["a.b"], []],
  ];
  for (const [title, wanted, found, raw, lost, added, unclaimed = []] of CASES) {
    it(title, () => assert.deepEqual(differencesOf(wanted, found, raw ?? found), { lost, added, unclaimed }));
  }
});

describe("owner references of an object that was created before its owners", () => {
  const owner = { apiVersion: "v1", kind: "ConfigMap", name: "a", uid: "new" };
  const live = (...ownerReferences: object[]) => ({ metadata: { ownerReferences } });
  const deployment = { apiVersion: "apps/v1", kind: "Deployment", name: "web", uid: "d", controller: true };

  it("are those of the backup and those beside them, the backup's uid for one that is both", () => {
    assert.deepEqual(mergeOwners(live({ ...owner, uid: "old" }, deployment), [owner]), [owner, deployment]);
    assert.deepEqual(mergeOwners({ metadata: {} }, []), []);
  });

  it("have one controller, the backup's", () => {
    const other = { ...deployment, name: "other", uid: "e" };
    assert.deepEqual(mergeOwners(live(deployment), [other]), [other]);
  });

  it("are there by uid, whatever the version", () => {
    assert.equal(hasOwners(live(owner), [owner]), true);
    assert.equal(hasOwners(live({ ...owner, uid: "old" }), [owner]), false);
    assert.equal(hasOwners(live({ ...deployment, apiVersion: "apps/v1beta1" }), [deployment]), true);
    assert.equal(hasOwners(live({ ...deployment, apiVersion: "other/v1" }), [deployment]), false);
  });
});

describe("withoutOwnAllocations", () => {
  const ports = (...numbers: (number | undefined)[]) => ({
    spec: {
      ports: numbers.map((nodePort, index) => ({
        port: index,
        ...(nodePort === undefined ? {} : { nodePort }),
      })),
    },
  });
  it("leaves out those that the live Service holds, and asks for the others", () => {
    assert.deepEqual(
      withoutOwnAllocations("Service", ports(30_001, 30_002), ports(30_002, 30_003)),
      ports(undefined, 30_003),
    );
    assert.deepEqual(withoutOwnAllocations("Service", {}, { spec: { externalName: "x" } }), {
      spec: { externalName: "x" },
    });
    assert.deepEqual(withoutOwnAllocations("Thing", ports(1), ports(1)), ports(1));
  });
});
