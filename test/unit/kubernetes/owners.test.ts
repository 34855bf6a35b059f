import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { hasController, ownerReferencesOf, ownersOf } from "../../../src/kubernetes/owners.ts";

const WEB = { apiVersion: "apps/v1", kind: "Deployment", name: "web", uid: "1", controller: true };
const SETTINGS = { apiVersion: "v1", kind: "ConfigMap", name: "a", uid: "2", blockOwnerDeletion: false };
const owned = (ownerReferences: unknown) => ({ metadata: { ownerReferences } });

const WITHOUT: [title: string, object: Record<string, unknown>][] = [
  ["no metadata", {}],
  ["metadata that is no object", { metadata: "x" }],
  ["no owner references", { metadata: {} }],
  ["owner references that are no list", owned({})],
  ["owner references that are no objects", owned([null, "x", []])],
];

describe("ownerReferencesOf", () => {
  it("gives the references as they stand", () =>
    assert.deepEqual(ownerReferencesOf(owned([WEB, null, SETTINGS])), [WEB, SETTINGS]));

  for (const [title, object] of WITHOUT)
    it(`gives none for an object with ${title}`, () => assert.deepEqual(ownerReferencesOf(object), []));
});

describe("ownersOf", () => {
  it("leaves out uids and what is not set", () => {
    assert.deepEqual(ownersOf(owned([WEB, SETTINGS])), [
      { apiVersion: "apps/v1", kind: "Deployment", name: "web", controller: true },
      { apiVersion: "v1", kind: "ConfigMap", name: "a", blockOwnerDeletion: false },
    ]);
  });

  for (const [title, object] of WITHOUT)
    it(`names none for an object with ${title}`, () => assert.deepEqual(ownersOf(object), []));
});

describe("hasController", () => {
  const CASES: [title: string, references: unknown, of: string | undefined, has: boolean][] = [
    ["a controller among the owners", [SETTINGS, WEB], undefined, true],
    ["an owner that is no controller", [SETTINGS], undefined, false],
    ["a controller of the kind", [WEB], "Deployment", true],
    ["a controller of another kind", [WEB], "Pod", false],
    ["an owner of the kind that is no controller", [{ ...WEB, controller: false }], "Deployment", false],
    ["a controller that is not true", [{ ...WEB, controller: "true" }], undefined, false],
    ["no owner", undefined, undefined, false],
  ];
  for (const [title, references, of, has] of CASES)
    it(`is ${has} for ${title}`, () => assert.equal(hasController(owned(references), of), has));
});
