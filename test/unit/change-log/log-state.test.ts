import assert from "node:assert/strict";
import { test } from "node:test";
import { differenceOf } from "../../../src/change-log/recording/compare-base.ts";
import { LogState } from "../../../src/change-log/recording/log-state.ts";
import { observe } from "../../../src/change-log/recording/observation.ts";
import type { WatchEvent } from "../../../src/cluster/watch/watch.ts";
import type { JsonObject } from "../../../src/kubernetes/json.ts";
import { NAMESPACES, type ServedResource } from "../../../src/kubernetes/resource.ts";

const served = (resource: string, kind: string, group = ""): ServedResource => ({
  ...{ group, version: "v1", resource, kind, namespaced: true, versions: ["v1"], verbs: ["list"] },
});
const RESOURCES: Record<string, ServedResource> = {
  Namespace: { ...NAMESPACES, versions: ["v1"], verbs: ["list"] },
  ConfigMap: served("configmaps", "ConfigMap"),
  Deployment: served("deployments", "Deployment", "apps"),
  ReplicaSet: served("replicasets", "ReplicaSet", "apps"),
};
const EXCLUDE = { labels: { "kube-backup/exclude": "true" } };

interface Told {
  type?: WatchEvent["type"];
  kind?: string;
  name?: string;
  namespace?: string;
  uid?: string;
  metadata?: JsonObject;
  data?: string;
}

function log({ namespaces = ["shop"], excluded = [] as string[], owners = [] as string[] } = {}) {
  const state = new LogState({
    digests: new Map(namespaces.map((name) => [`namespaces /${name}`, "base"])),
    excludedNamespaces: new Set(excluded),
    isExcludedOwner: (uid) => owners.includes(uid),
    isInScope: (namespace) => namespace !== "elsewhere",
  });
  let revision = 100;
  /** What becomes of an event: the operation, `nothing`, or why a new base is needed. */
  const on = (told: Told): string => {
    const { type = "MODIFIED", kind = "ConfigMap", name = "a", data = "1", metadata = {} } = told;
    const { uid = `${kind}-${name}` } = told;
    const resource = RESOURCES[kind] as ServedResource;
    const namespace = kind === "Namespace" ? undefined : (told.namespace ?? "shop");
    const apiVersion = resource.group === "" ? "v1" : `${resource.group}/v1`;
    revision += 1;
    const where = namespace === undefined ? {} : { namespace };
    const object = { apiVersion, kind, metadata: { name, ...where, uid, ...metadata }, data: { data } };

    const options = { resource, received: 0, keeps: () => false, keepFinished: false, isOwn: () => false };
    const seen = observe({ type, revision: String(revision), object }, options);
    const applied = state.apply(seen, "2026-11-30T14:00:00.000Z");
    return "newBase" in applied ? applied.newBase : (applied.record?.operation ?? "nothing");
  };
  return { state, on };
}

test("what is in a backup is recorded, and what changes nothing is not", () => {
  const { on } = log();
  assert.equal(on({ type: "ADDED" }), "create");
  assert.equal(on({ metadata: { resourceVersion: "7", generation: 3 } }), "nothing");
  assert.equal(on({ data: "2" }), "update");
  assert.equal(on({ data: "2" }), "nothing");
  assert.equal(on({ type: "DELETED" }), "delete");
  assert.equal(on({ type: "DELETED" }), "nothing");
});

test("what the rules leave out is gone from the log as from a backup", () => {
  const { on } = log();
  assert.equal(on({ namespace: "kube-system" }), "nothing");
  assert.equal(on({ namespace: "elsewhere" }), "nothing");
  assert.equal(on({ name: "kube-root-ca.crt" }), "nothing");
  assert.equal(on({ type: "ADDED" }), "create");
  assert.equal(on({ metadata: { deletionTimestamp: "2026-11-30T14:00:00Z" } }), "delete");
  assert.equal(on({ name: "b", type: "ADDED" }), "create");
  assert.equal(on({ name: "b", metadata: EXCLUDE }), "delete");
  assert.equal(on({ name: "b" }), "create");
});

test("objects of a namespace that a label leaves out are not recorded", () => {
  const { on } = log({ excluded: ["private"] });
  assert.equal(on({ namespace: "private" }), "nothing");
  assert.equal(on({ kind: "Namespace", name: "later", type: "ADDED", metadata: EXCLUDE }), "nothing");
  assert.equal(on({ namespace: "later", type: "ADDED" }), "nothing");
  assert.equal(on({ kind: "Namespace", name: "shop", metadata: EXCLUDE }), "delete");
  assert.match(on({ kind: "Namespace", name: "private" }), /no longer leaves out the namespace private/);
});

test("a namespace that is deleted with its label is forgotten", () => {
  const { on } = log({ excluded: ["private"] });
  assert.equal(on({ kind: "Namespace", name: "private", type: "DELETED", metadata: EXCLUDE }), "nothing");
  assert.equal(on({ kind: "Namespace", name: "private", type: "ADDED" }), "create");
  assert.equal(on({ namespace: "private", type: "ADDED" }), "create");
});

test("a label on what makes others needs a new base where it concerns them", () => {
  const owned = {
    ownerReferences: [{ apiVersion: "apps/v1", kind: "Deployment", name: "web", uid: "u", controller: true }],
  };
  const { on } = log({ owners: ["x"] });
  assert.equal(
    on({ kind: "Deployment", name: "new", uid: "u", type: "ADDED", metadata: EXCLUDE }),
    "nothing",
  );
  assert.equal(on({ kind: "ReplicaSet", name: "new-1", type: "ADDED", metadata: owned }), "nothing");
  assert.equal(on({ kind: "Deployment", name: "web", uid: "w", type: "ADDED" }), "create");
  assert.match(on({ kind: "Deployment", name: "web", uid: "w", metadata: EXCLUDE }), /leaves out what/);
  const { on: other } = log({ owners: ["x"] });
  assert.match(other({ kind: "Deployment", name: "web", uid: "x" }), /no longer leaves out/);
});

test("a backup of the moment has only the objects of namespaces that are there", () => {
  const { state, on } = log({ namespaces: ["shop", "old"] });
  on({ type: "ADDED" });
  on({ type: "ADDED", namespace: "old" });
  on({ kind: "Namespace", name: "old", metadata: { deletionTimestamp: "2026-11-30T14:00:00Z" } });
  const keys = [...state.inBackup()].map(([key]) => key).sort();
  assert.deepEqual(keys, ["configmaps shop/a", "namespaces /shop"]);
});

test("a difference from a backup names what differs", () => {
  const recorded = new Map([
    ["a", "1"],
    ["b", "1"],
  ]);
  const cases: readonly [other: Record<string, string>, expected: string | undefined][] = [
    [{ a: "1", b: "1" }, undefined],
    [{ a: "1", b: "2" }, "the change log and the backup differ in b"],
    [{ a: "1" }, "the change log and the backup differ in b"],
    [{ a: "1", b: "1", c: "1" }, "the change log and the backup differ in c"],
    [{ c: "1", d: "1" }, "the change log and the backup differ in a, b, c, and 1 more"],
  ];
  for (const [other, expected] of cases)
    assert.equal(differenceOf(recorded, new Map(Object.entries(other))), expected);
});
