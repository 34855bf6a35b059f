import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  describeUnmet,
  groupUnmet,
  isFinding,
  lackingObjects,
  remedyForUnmet,
  type UnmetPair,
  type UnmetReference,
} from "../../../src/restore/report/unmet-references.ts";
import { LackedByBackup } from "../../../src/restore/unmet/lacked-by-backup.ts";

const PAIR: UnmetPair = {
  kind: "Deployment",
  object: "shop/web",
  resource: "serviceaccounts",
  neededKind: "ServiceAccount",
  needed: "shop/runner",
  effect: "start",
  where: "nowhere",
};

const ONE = { ...PAIR, objects: ["shop/web"], needed: ["shop/runner"] };
const MANY = { ...ONE, objects: ["a/a", "a/b", "a/c", "a/d"], needed: ["a/a", "a/b"] };

describe("what restored objects lack is said in one sentence a kind", () => {
  const rows: [title: string, unmet: Partial<UnmetReference>, planned: boolean, text: string][] = [
    [
      "one",
      ONE,
      false,
      "1 Deployment cannot start: its ServiceAccount is neither in the backup nor in this cluster (shop/web)",
    ],
    [
      "many",
      MANY,
      false,
      "4 Deployments cannot start: their ServiceAccounts are neither in the backup nor in this cluster (a/a, a/b, a/c and 1 more)",
    ],
    [
      "planned",
      ONE,
      true,
      "1 Deployment could not start: its ServiceAccount is neither in the backup nor in this cluster (shop/web)",
    ],
    [
      "in the backup",
      { ...ONE, where: "backup" },
      false,
      "1 Deployment cannot start: its ServiceAccount is in the backup, and neither restored with it nor in this cluster (shop/web)",
    ],
    [
      "not known",
      { ...ONE, where: "unknown" },
      false,
      "Whether this cluster has the ServiceAccount of 1 Deployment is not known, without the right to list serviceaccounts, and this restore does not bring it (shop/web)",
    ],
    [
      "images",
      { ...ONE, effect: "pull", neededKind: "Secret" },
      false,
      "1 Deployment may not be able to pull its images: its Secret is neither in the backup nor in this cluster (shop/web)",
    ],
    [
      "claims that a controller makes anew",
      { ...MANY, kind: "StatefulSet", effect: "empty", neededKind: "PersistentVolumeClaim" },
      false,
      "4 StatefulSets start with new and empty volumes: their PersistentVolumeClaims are neither in the backup nor in this cluster (a/a, a/b, a/c and 1 more)",
    ],
    [
      "what runs nothing",
      { ...ONE, kind: "Ingress", effect: "work", neededKind: "IngressClass" },
      true,
      "1 Ingress would lack what it names: its IngressClass is neither in the backup nor in this cluster (shop/web)",
    ],
  ];
  for (const [title, unmet, planned, text] of rows)
    it(title, () => assert.equal(describeUnmet({ ...ONE, ...unmet }, { planned }), text));
});

describe("references that lead nowhere are grouped", () => {
  const pairs: UnmetPair[] = [
    { ...PAIR, object: "shop/b", effect: "empty" },
    { ...PAIR, object: "shop/b" },
    PAIR,
    { ...PAIR, needed: "shop/other" },
    { ...PAIR, kind: "Job" },
  ];
  const groups = groupUnmet(pairs);
  it("by kind, effect and place, the most objects first", () =>
    assert.deepEqual(
      groups.map(({ kind, effect, objects, needed }) => [kind, effect, objects, needed]),
      [
        ["Deployment", "start", ["shop/b", "shop/web"], ["shop/other", "shop/runner"]],
        ["Deployment", "empty", ["shop/b"], ["shop/runner"]],
        ["Job", "start", ["shop/web"], ["shop/runner"]],
      ],
    ));
  it("and an object is counted once", () => assert.equal(lackingObjects(groups), 3));
  it("what is made anew is no finding", () => assert.deepEqual(groups.map(isFinding), [true, false, true]));
  it("the advice names what no backup holds", () => {
    assert.match(
      remedyForUnmet(groups),
      /^Create what no backup holds, .*: --kinds \+serviceaccounts, or all$/,
    );
    assert.equal(remedyForUnmet([{ ...ONE, where: "backup" }]), "Restore what the backup has of it too");
  });
});

describe("what the manifest says that the backup lacks", () => {
  const lacking = {
    resource: "serviceaccounts",
    why: "kind",
    names: ["shop/a", "shop/b"],
    count: 2,
    objects: 5,
  } as const;
  const classes = {
    resource: "storageclasses.storage.k8s.io",
    why: "kind",
    names: ["fast"],
    count: 1,
    objects: 1,
  } as const;
  const NEVER = new AbortController().signal;
  const inCluster = (name: string) => (name === "shop" ? "shop-2" : name);
  const lacked = new LackedByBackup(
    [
      { ...lacking, names: [...lacking.names] },
      { ...classes, names: ["fast"] },
    ],
    inCluster,
  );
  it("is known under the names of the cluster", () => {
    assert.equal(lacked.has({ resource: "serviceaccounts", key: "shop-2/a" }), true);
    assert.equal(lacked.has({ resource: "serviceaccounts", key: "shop/a" }), false);
    assert.equal(lacked.has({ resource: classes.resource, key: "fast" }), true);
    assert.equal(lacked.has({ resource: "secrets", key: "shop-2/a" }), false);
  });
  it("is all in a cluster that has it", async () => {
    const all = { has: async () => true };
    const some = { has: async (_: string, key: string) => key !== "fast" };
    const unknown = { has: async () => undefined };
    assert.deepEqual(
      [
        await lacked.isAllIn(all, NEVER),
        await lacked.isAllIn(some, NEVER),
        await lacked.isAllIn(unknown, NEVER),
      ],
      [true, false, false],
    );
  });
  it("may be more than it names", async () => {
    const partly = new LackedByBackup([{ ...lacking, names: ["shop/a"], count: 9 }], inCluster);
    assert.equal(partly.has({ resource: "serviceaccounts", key: "x/y" }), true);
    assert.equal(await partly.isAllIn({ has: async () => true }, NEVER), false);
  });
});
