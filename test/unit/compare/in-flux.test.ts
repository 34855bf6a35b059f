import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { isInFlux } from "../../../src/compare/in-flux.ts";
import type { DifferenceWithOwners } from "../../../src/compare/object-difference.ts";

const OWNER = { apiVersion: "apps/v1", kind: "Deployment", name: "web", controller: true };
const LACKING = { path: "metadata.ownerReferences", left: [OWNER] };
const ADOPTED: DifferenceWithOwners = {
  apiVersion: "apps/v1",
  kind: "ReplicaSet",
  resource: "replicasets.apps",
  namespace: "shop",
  name: "web-1",
  change: "changed",
  fields: [LACKING],
  owners: [OWNER],
};

const CASES: [what: string, difference: DifferenceWithOwners, inFlux: boolean][] = [
  ["a ReplicaSet that its Deployment has not adopted yet", ADOPTED, true],
  [
    "one that another has",
    { ...ADOPTED, fields: [{ ...LACKING, right: [{ ...OWNER, name: "api" }] }] },
    false,
  ],
  [
    "one that differs besides",
    { ...ADOPTED, fields: [LACKING, { path: "spec.replicas", left: 1, right: 2 }] },
    false,
  ],
  ["one that is gone", { ...ADOPTED, change: "removed", fields: [] }, false],
  ["one of a Rollout, which adopts nothing", { ...ADOPTED, owners: [{ ...OWNER, kind: "Rollout" }] }, false],
  ["a Secret without its owner", { ...ADOPTED, kind: "Secret", resource: "secrets" }, false],
];

describe("what passes by itself after a restore", () => {
  for (const [what, difference, inFlux] of CASES)
    it(`${what}: ${inFlux ? "in flux" : "not"}`, () => assert.equal(isInFlux(difference), inFlux));
});
