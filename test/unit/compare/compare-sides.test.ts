import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { comparedResources, compareSides } from "../../../src/compare/compare-sides.ts";
import type { Comparison } from "../../../src/compare/document.ts";
import { compileSelection, type SelectionOptions } from "../../../src/selection/selection.ts";
import {
  ALL,
  CONFIG_MAPS,
  DEPLOYMENTS,
  MemorySide,
  NAMESPACES,
  REPLICA_SETS,
  SECRETS,
  type Written,
} from "./memory-side.ts";

async function compare(
  left: MemorySide,
  right: MemorySide,
  options: SelectionOptions = {},
): Promise<Comparison> {
  const selection = compileSelection(options, comparedResources(left, right), "left");
  return await compareSides({ left, right, selection }, AbortSignal.timeout(10_000));
}

/** `~ ConfigMap shop/a data.k` for each object, with what it follows. */
function said({ objects }: Comparison): string[] {
  const signs = { added: "+", changed: "~", removed: "-" };
  return objects.map(({ change, kind, namespace, name, fields, follows }) =>
    [
      `${signs[change]} ${kind} ${namespace === null ? "" : `${namespace}/`}${name}`,
      ...fields.map(({ path }) => path),
      ...(follows === undefined ? [] : [`after ${follows.kind} ${follows.name}`]),
    ].join(" "),
  );
}

const map = (name: string, data: object = {}): Written => ({ in: CONFIG_MAPS, name, content: { data } });
const home: Written = { in: NAMESPACES, name: "shop" };

describe("two sides", () => {
  it("that are alike differ in nothing, and the left one is read once", async () => {
    const objects = [home, map("shop/a"), map("shop/b")];
    const left = new MemorySide(objects);
    const comparison = await compare(left, new MemorySide(objects));
    assert.deepEqual(comparison.objects, []);
    assert.deepEqual(comparison.summary, { added: 0, changed: 0, removed: 0, alike: 3 });
    assert.equal(left.reads, ALL.length);
  });

  it("differ in what came, went and changed, in the order of namespaces, resources and names", async () => {
    const comparison = await compare(
      new MemorySide([home, map("shop/gone"), map("shop/kept", { k: "1" }), map("alike/x")]),
      new MemorySide([home, { in: SECRETS, name: "bank/new" }, map("shop/kept", { k: "2" }), map("alike/x")]),
    );
    assert.deepEqual(said(comparison), [
      "+ Secret bank/new",
      "- ConfigMap shop/gone",
      "~ ConfigMap shop/kept data.k",
    ]);
    assert.deepEqual(comparison.summary, { added: 1, changed: 1, removed: 1, alike: 2 });
  });

  it("that write one object's keys in another order are alike", async () => {
    const comparison = await compare(
      new MemorySide([map("shop/a", { a: "1", b: "2" })]),
      new MemorySide([map("shop/a", { b: "2", a: "1" })]),
    );
    assert.deepEqual(comparison.summary, { added: 0, changed: 0, removed: 0, alike: 1 });
  });

  it("differ in owners", async () => {
    const owner = { apiVersion: "v1", kind: "ConfigMap", name: "o", controller: true };
    const comparison = await compare(
      new MemorySide([{ ...map("shop/a"), owners: [owner] }]),
      new MemorySide([{ ...map("shop/a"), owners: [{ ...owner, controller: false }] }]),
    );
    assert.deepEqual(said(comparison), [
      "~ ConfigMap shop/a metadata.ownerReferences[kind=ConfigMap,name=o].controller",
    ]);
  });

  it("of which one lacks a resource differ in all objects of it, and a note says why", async () => {
    const few = { name: "right", resources: [NAMESPACES, CONFIG_MAPS] };
    const left = new MemorySide([{ in: SECRETS, name: "shop/a" }]);
    const comparison = await compare(left, new MemorySide([], few));
    assert.deepEqual(said(comparison), ["- Secret shop/a"]);
    assert.deepEqual(comparison.notes, ["right was taken without secrets: they count as removed (1)"]);
    const back = await compare(new MemorySide([], few), left);
    assert.deepEqual(said(back), ["+ Secret shop/a"]);
    assert.deepEqual(back.notes, ["right was taken without secrets: they count as added (1)"]);
  });

  it("of which one could not be read wholly are compared but for that, and a note says so", async () => {
    const right = new MemorySide([map("shop/a")]);
    right.missing.push(
      { resource: "secrets", reason: "it was away" },
      { resource: "x.example.com", reason: "gone" },
    );
    const comparison = await compare(new MemorySide([map("shop/a"), { in: SECRETS, name: "shop/a" }]), right);
    assert.deepEqual(comparison.objects, []);
    assert.deepEqual(comparison.notCompared, ["secrets", "x.example.com"]);
    assert.deepEqual(comparison.notes, [
      "secrets are not compared: it was away",
      "x.example.com are not compared: gone",
    ]);
    assert.equal((await compare(right, right, { includeKinds: ["configmaps"] })).notCompared, undefined);
  });

  it("that hold a resource in two versions are compared but for that, and a note says so", async () => {
    const beta = { ...CONFIG_MAPS, version: "v1beta1" };
    const comparison = await compare(
      new MemorySide([map("shop/a"), map("shop/b", { k: "1" })], { resources: [beta] }),
      new MemorySide([map("shop/a"), map("shop/b", { k: "2" })], { name: "right", resources: [CONFIG_MAPS] }),
    );
    assert.deepEqual(said(comparison), ["~ ConfigMap shop/b data.k"]);
    assert.equal(comparison.summary.alike, 1);
    assert.match(
      comparison.notes[0] ?? "",
      /^configmaps are of the version v1beta1 in left and v1 in right: /,
    );
  });
});

describe("a selection", () => {
  const labelled = (value: string): Written => ({
    in: CONFIG_MAPS,
    name: "shop/a",
    content: { metadata: { namespace: "shop", name: "a", labels: { app: value } } },
  });

  it("by label holds an object that has the label on one side only", async () => {
    for (const [left, right] of [
      ["web", "db"],
      ["db", "web"],
    ] as const) {
      const comparison = await compare(
        new MemorySide([labelled(left), map("shop/other", { k: "1" })]),
        new MemorySide([labelled(right), map("shop/other", { k: "2" })]),
        { selector: "app=web" },
      );
      assert.deepEqual(said(comparison), ["~ ConfigMap shop/a metadata.labels.app"]);
      assert.equal(comparison.summary.alike, 0);
    }
  });

  it("by namespace and kind leaves out the rest, and does not count it", async () => {
    const comparison = await compare(
      new MemorySide([home, map("shop/a"), map("bank/a"), { in: SECRETS, name: "shop/a" }]),
      new MemorySide([]),
      { includeNamespaces: ["shop"], excludeKinds: ["secrets"] },
    );
    assert.deepEqual(said(comparison), ["- Namespace shop", "- ConfigMap shop/a after Namespace shop"]);
    assert.equal(comparison.summary.alike, 0);
  });
});

describe("a difference follows", () => {
  const owner = { apiVersion: "apps/v1", kind: "Deployment", name: "web", controller: true };
  const set = (name: string, replicas: number): Written => ({
    in: REPLICA_SETS,
    name,
    content: { spec: { replicas } },
    owners: [owner],
  });
  const web = (replicas: number): Written => ({
    in: DEPLOYMENTS,
    name: "shop/web",
    content: { spec: { replicas } },
  });

  it("its owner's, where that differs too", async () => {
    const comparison = await compare(
      new MemorySide([web(1), set("shop/web-1", 1)]),
      new MemorySide([web(2), set("shop/web-1", 2), set("shop/web-2", 1)]),
    );
    assert.deepEqual(said(comparison), [
      "~ ReplicaSet shop/web-1 spec.replicas after Deployment web",
      "+ ReplicaSet shop/web-2 after Deployment web",
      "~ Deployment shop/web spec.replicas",
    ]);
  });

  it("no owner's that is alike, and none of another namespace", async () => {
    const comparison = await compare(
      new MemorySide([web(1), { ...web(1), name: "bank/web" }, set("shop/web-1", 1)]),
      new MemorySide([web(1), { ...web(2), name: "bank/web" }, set("shop/web-1", 2)]),
    );
    assert.deepEqual(said(comparison), [
      "~ Deployment bank/web spec.replicas",
      "~ ReplicaSet shop/web-1 spec.replicas",
    ]);
  });

  it("that of its namespace, which came or went with it", async () => {
    const gone = await compare(new MemorySide([home, web(1), set("shop/web-1", 1)]), new MemorySide([]));
    assert.deepEqual(said(gone), [
      "- Namespace shop",
      "- ReplicaSet shop/web-1 after Deployment web",
      "- Deployment shop/web after Namespace shop",
    ]);
    const changed = await compare(
      new MemorySide([home, map("shop/a")]),
      new MemorySide([{ ...home, content: { metadata: { name: "shop", labels: { a: "1" } } } }]),
    );
    assert.deepEqual(said(changed), ["~ Namespace shop metadata.labels.a", "- ConfigMap shop/a"]);
  });

  it("one of two that own each other, so that neither is lost", async () => {
    const owned = (name: string, by: string): Written => ({
      ...map(`shop/${name}`),
      owners: [{ apiVersion: "v1", kind: "ConfigMap", name: by }],
    });
    const comparison = await compare(
      new MemorySide([owned("a", "b"), owned("b", "a"), owned("c", "c")]),
      new MemorySide([]),
    );
    assert.deepEqual(said(comparison), [
      "- ConfigMap shop/a after ConfigMap b",
      "- ConfigMap shop/b",
      "- ConfigMap shop/c",
    ]);
  });
});
