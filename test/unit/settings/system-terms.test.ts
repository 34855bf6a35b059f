import assert from "node:assert/strict";
import { test } from "node:test";
import { keptSystemObjects } from "../../../src/objects/kept-system-objects.ts";
import { parseSystemTerms } from "../../../src/settings/system-terms.ts";

const AUTH = { kind: "ConfigMap", namespace: "kube-system", name: "aws-auth", labels: {} };
const KEY = {
  kind: "Secret",
  namespace: "kube-system",
  name: "key-1",
  labels: { "example.com/key": "active" },
};

const ROWS: [text: string, kept: string[]][] = [
  ["configmap/aws-auth", ["aws-auth"]],
  ["ConfigMap/aws-auth, secrets:example.com/key", ["aws-auth", "key-1"]],
  ["secrets:example.com/key=active", ["key-1"]],
  ["secrets:example.com/key=gone", []],
  ["configmaps:example.com/key", []],
  ["secret/aws-auth", []],
];

for (const [text, kept] of ROWS) {
  test(`${text} keeps ${kept.join(", ") || "nothing"}`, () => {
    const parsed = parseSystemTerms(text);
    assert.ok("value" in parsed, JSON.stringify(parsed));
    const keeps = keptSystemObjects(parsed.value);
    const names = [AUTH, KEY].filter(({ labels, ...candidate }) =>
      keeps({ ...candidate, object: { apiVersion: "v1", metadata: { labels } } }),
    );
    assert.deepEqual(
      names.map(({ name }) => name),
      kept,
    );
    const elsewhere = { ...AUTH, namespace: "shop", object: { apiVersion: "v1" } };
    assert.equal(keeps(elsewhere), false);
  });
}

for (const text of [
  "aws-auth",
  "roles/x",
  "secret/",
  "secret/A",
  "secrets:",
  "secrets:a=b=c",
  "configmap/a,",
  "*",
]) {
  test(`${text} is refused`, () => assert.ok("problem" in parseSystemTerms(text)));
}
