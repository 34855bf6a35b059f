import assert from "node:assert/strict";
import { test } from "node:test";
import type { Manifest } from "../../../src/archive/format/manifest.ts";
import { judgmentOfManifest } from "../../../src/retention/archive-judge.ts";

const WHOLE: Pick<Manifest, "cluster" | "missing" | "counts" | "resources"> = {
  resources: [
    {
      ...{ group: "apps", version: "v1", resource: "deployments", kind: "Deployment", namespaced: true },
      ...{ objects: 2, revision: "1", sameMoment: true },
    },
  ],
  cluster: { id: "0e7c", kubernetesVersion: "v1.36.3" },
  missing: [],
  counts: { Deployment: 2 },
};

const CASES: [title: string, manifest: Parameters<typeof judgmentOfManifest>[0], incomplete: boolean][] = [
  ["all of it", WHOLE, false],
  ["a kind could not be read", { ...WHOLE, missing: [{ resource: "secrets", reason: "Forbidden" }] }, true],
  ["one namespace", { ...WHOLE, scope: { includeNamespaces: ["shop"] } }, true],
];

for (const [title, manifest, incomplete] of CASES) {
  test(`whether a backup can take the place of a whole one: ${title}`, () => {
    const judgment = judgmentOfManifest(manifest);
    assert.equal(judgment.state === "valid" && judgment.incomplete, incomplete);
  });
}

test("a backup says of itself which kinds it holds, and whether a loop took it", () => {
  const kinds = ["deployments.apps"];
  for (const [manifest, byHand] of [
    [WHOLE, true],
    [{ ...WHOLE, intervalSeconds: 900 }, false],
  ] as const) {
    const judgment = judgmentOfManifest(manifest);
    assert.ok(judgment.state === "valid");
    assert.deepEqual([judgment.kinds, judgment.byHand], [kinds, byHand]);
  }
});
