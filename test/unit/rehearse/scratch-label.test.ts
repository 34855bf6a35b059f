import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  asScratchNamespace,
  labelSetOf,
  scratchBody,
  scratchName,
} from "../../../src/rehearse/scratch-label.ts";

const RANDOM = "0123456789abcdef";

describe("a scratch namespace", () => {
  it("is known by name and label together", () => {
    const name = `kube-backup-rehearsal-${RANDOM}`;
    const label = { "kube-backup/rehearsal": RANDOM };
    const cases: [string, unknown, object | undefined][] = [
      ["both", { name, uid: "1", labels: label }, { name, uid: "1" }],
      ["no label", { name, uid: "1", labels: { app: "web" } }, undefined],
      ["no labels", { name, uid: "1" }, undefined],
      ["another's label", { name, uid: "1", labels: { "kube-backup/rehearsal": "f" } }, undefined],
      ["another name", { name: "production", uid: "1", labels: label }, undefined],
      [
        "an empty label",
        { name: scratchName(""), uid: "1", labels: { "kube-backup/rehearsal": "" } },
        undefined,
      ],
      ["no uid", { name, labels: label }, undefined],
      ["nothing", undefined, undefined],
    ];
    for (const [title, metadata, expected] of cases) {
      assert.deepEqual(asScratchNamespace({ metadata }), expected, title);
    }
  });

  it("has the labels of the namespace that it stands in for, and its own", () => {
    const labels = {
      team: "shop",
      "app.kubernetes.io/managed-by": "Helm",
      "kubernetes.io/metadata.name": "shop",
      "kube-backup/rehearsal": "of an earlier one",
    };
    const body = JSON.parse(scratchBody(RANDOM, labelSetOf(labels)));
    assert.equal(body.metadata.name, `kube-backup-rehearsal-${RANDOM}`);
    assert.deepEqual(body.metadata.labels, {
      team: "shop",
      "app.kubernetes.io/managed-by": "Helm",
      "kube-backup/rehearsal": RANDOM,
    });
    const bare = JSON.parse(scratchBody(RANDOM, labelSetOf(undefined)));
    assert.equal(bare.metadata.labels["app.kubernetes.io/managed-by"], "kube-backup");
    assert.ok(scratchName(RANDOM).length <= 63);
  });

  it("is one for namespaces whose labels are the same in whatever order", () => {
    assert.equal(labelSetOf({ a: "1", b: "2" }), labelSetOf({ b: "2", a: "1" }));
    assert.equal(labelSetOf({ "kubernetes.io/metadata.name": "x" }), labelSetOf(undefined));
    assert.notEqual(labelSetOf({ a: "1" }), labelSetOf({ a: "2" }));
  });
});
