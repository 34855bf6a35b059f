import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { applyPatch } from "rfc6902";
import type { JsonObject } from "../../../src/kubernetes/json.ts";
import type { Owner } from "../../../src/kubernetes/owners.ts";
import { parseTransform } from "../../../src/transform/transform-file.ts";
import { type Changed, changeObject } from "../../../src/transform/transform-object.ts";

const GROUPS: Record<string, [group: string, version: string]> = {
  Deployment: ["apps", "v1"],
  ReplicaSet: ["apps", "v1"],
  Ingress: ["networking.k8s.io", "v1"],
  CronJob: ["batch", "v1"],
};

function change(
  object: { kind: string; metadata: object } & JsonObject,
  patches: string,
  { paused = false, owners = [] as Owner[] } = {},
): Changed {
  const [group, version] = GROUPS[object.kind] ?? ["", "v1"];
  const resource = { group, version, kind: object.kind };
  const text = JSON.stringify({ apiVersion: group === "" ? version : `${group}/${version}`, ...object });
  const transforms = patches === "" ? [] : [parseTransform("t.yaml", `patches: [${patches}]`)];
  const changes = { transforms, paused, apply: applyPatch };
  return changeObject(changes, { resource, text, object: JSON.parse(text), owners });
}

/** What has changed of an object with these labels. */
function deployment(metadata: object = {}) {
  return {
    kind: "Deployment",
    metadata: { name: "web", namespace: "shop", labels: { tier: "front" }, ...metadata },
    spec: { replicas: 3 },
  };
}

const TO_FIVE = "patch: {spec: {replicas: 5}}";

describe("which objects a target is for", () => {
  const rows: [target: string, matches: boolean][] = [
    ["kind: Deployment", true],
    ["kind: Deploy", false],
    ["kind: Deploy.*", true],
    ["kind: StatefulSet|Deployment", true],
    ["group: apps", true],
    ["group: batch", false],
    ["version: v1", true],
    ["version: v1beta1", false],
    ["name: web", true],
    ["name: we", false],
    ["name: w.*", true],
    ["name: a|b", false],
    ["name: ^web$", true],
    ["namespace: shop", true],
    ["namespace: sho", false],
    ["namespace: shop|other, name: other", false],
    ["labelSelector: tier=front", true],
    ["labelSelector: 'tier in (front, back),!canary'", true],
    ["labelSelector: tier!=front", false],
    ["kind: '', name: web", true],
  ];
  for (const [target, matches] of rows) {
    test(target, () => {
      const { matched, files } = change(deployment(), `{target: {${target}}, ${TO_FIVE}}`);
      assert.deepEqual([matched.length, files], matches ? [1, ["t.yaml"]] : [0, []]);
    });
  }
  test("an object in no namespace is in none that a target names", () => {
    const node = { kind: "Namespace", metadata: { name: "shop" } };
    const patch = "patch: {metadata: {labels: {a: b}}}";
    assert.equal(change(node, `{target: {namespace: '.*'}, ${patch}}`).matched.length, 0);
    assert.equal(change(node, `{target: {kind: Namespace}, ${patch}}`).matched.length, 1);
  });
  test("a patch may be for what an earlier one has labelled", () => {
    const patches = `{target: {name: web}, patch: {metadata: {labels: {tier: back}}}}, {target: {labelSelector: tier=back, name: web}, ${TO_FIVE}}`;
    assert.equal(JSON.parse(change(deployment(), patches).text).spec.replicas, 5);
  });
});

test("what a patch does not change is no change", () => {
  const given = deployment();
  const changed = change(given, "{target: {name: web}, patch: {spec: {replicas: 3}}}");
  assert.deepEqual([changed.matched.length, changed.files], [1, []]);
  assert.deepEqual(JSON.parse(changed.text), { apiVersion: "apps/v1", ...given });
});

describe("what no patch may", () => {
  const rows: [title: string, patch: string, fault: RegExp][] = [
    [
      "another name",
      "{metadata: {name: other}}",
      /^patch 1 of t\.yaml changes metadata\.name, which no patch may$/,
    ],
    ["another namespace", "{metadata: {namespace: kube-system}}", /changes metadata\.namespace/],
    ["no namespace", "[{op: remove, path: /metadata/namespace}]", /changes metadata\.namespace/],
    ["another kind", "{kind: Secret}", /changes kind/],
    ["another group", "{apiVersion: batch/v1}", /changes apiVersion/],
    ["owners", "{metadata: {ownerReferences: []}}", /sets metadata\.ownerReferences/],
    ["no metadata", "[{op: replace, path: /metadata, value: 1}]", /makes metadata something else/],
    [
      "a label by which backups leave it out",
      "{metadata: {labels: {kube-backup/exclude: 'true'}}}",
      /makes it what no backup holds: Objects with the label/,
    ],
    [
      "a test that fails",
      "[{op: test, path: /spec/replicas, value: 1}]",
      /^patch 1 of t\.yaml, operation 1 \(test \/spec\/replicas\): the value is another$/,
    ],
  ];
  for (const [title, patch, fault] of rows) {
    test(title, () => {
      const given = deployment();
      const changed = change(given, `{target: {kind: Deployment}, patch: ${patch}}`);
      assert.match(changed.fault ?? "", fault);
      assert.deepEqual(JSON.parse(changed.text), { apiVersion: "apps/v1", ...given });
    });
  }
  test("a Secret becomes no token of a ServiceAccount", () => {
    const secret = { kind: "Secret", metadata: { name: "a", namespace: "shop" }, type: "Opaque" };
    const patch = "{target: {kind: Secret}, patch: {type: kubernetes.io/service-account-token}}";
    assert.match(
      change(secret, patch).fault ?? "",
      /^t\.yaml makes it what no backup holds: Secrets of the type/,
    );
  });
  test("a token, and what is of kube-system, stays what it is", () => {
    const token = {
      kind: "Secret",
      metadata: { name: "a", namespace: "shop" },
      type: "kubernetes.io/service-account-token",
    };
    const system = { kind: "Secret", metadata: { name: "a", namespace: "kube-system" }, type: "Opaque" };
    for (const each of [token, system]) {
      const { matched, text } = change(each, "{target: {kind: Secret}, patch: {type: example.com/other}}");
      assert.equal(matched.length, 0);
      assert.equal(JSON.parse(text).type, each.type);
    }
  });
});

test("what backups leave out of objects is not set by a patch", () => {
  const patch = "{metadata: {uid: x, resourceVersion: '1', annotations: {a: b}}, status: {replicas: 1}}";
  const { text, dropped } = change(deployment(), `{target: {name: web}, patch: ${patch}}`);
  assert.equal(dropped, true);
  assert.deepEqual(JSON.parse(text), {
    apiVersion: "apps/v1",
    ...deployment({ annotations: { a: "b" } }),
  });
});

test("what a backup has kept since somebody chose it stays, and a patch may choose it", () => {
  const service = {
    kind: "Service",
    metadata: { name: "web", namespace: "shop" },
    spec: { clusterIP: "10.0.0.7", ports: [{ port: 80, protocol: "TCP", nodePort: 30080 }] },
  };
  const { text, dropped } = change(service, "{target: {name: web}, patch: {spec: {ipFamilies: [IPv4]}}}");
  assert.equal(dropped, false);
  assert.deepEqual(JSON.parse(text).spec, { ...service.spec, ipFamilies: ["IPv4"] });
});

test("numbers that JavaScript cannot hold stay as they were written", () => {
  const resource = { group: "example.com", version: "v1", kind: "Widget" };
  const text =
    '{"apiVersion":"example.com/v1","kind":"Widget","metadata":{"name":"a"},"spec":{"big":12345678901234567890,"b":1.0}}';
  const transforms = [parseTransform("t.yaml", "patches: [{target: {kind: Widget}, patch: {spec: {c: 1}}}]")];
  const changed = changeObject(
    { transforms, paused: false, apply: applyPatch },
    { resource, text, object: JSON.parse(text), owners: [] },
  );
  assert.match(changed.text, /"spec":\{"big":12345678901234567890,"b":1\.0,"c":1\}/);
});

describe("paused", () => {
  const controller = { apiVersion: "apps/v1", kind: "Deployment", name: "web", controller: true };
  test("a Deployment, with what it had", () => {
    const { text, paused } = change(deployment(), "", { paused: true });
    assert.equal(paused, true);
    const { metadata, spec } = JSON.parse(text);
    assert.deepEqual(metadata.annotations, { "kube-backup/paused": '{"replicas":3}' });
    assert.equal(spec.replicas, 0);
  });
  test("a ReplicaSet of a Deployment, without an annotation", () => {
    const set = { ...deployment(), kind: "ReplicaSet" };
    const { metadata, spec } = JSON.parse(change(set, "", { paused: true, owners: [controller] }).text);
    assert.deepEqual([metadata.annotations, spec.replicas], [undefined, 0]);
  });
  test("after the patches", () => {
    const { text } = change(deployment(), `{target: {name: web}, ${TO_FIVE}}`, { paused: true });
    assert.equal(JSON.parse(text).metadata.annotations["kube-backup/paused"], '{"replicas":5}');
  });
});
