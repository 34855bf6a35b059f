import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  apiVersion,
  isNamespaces,
  objectTitle,
  parseApiVersion,
  resourceName,
  versionPath,
} from "../../../src/kubernetes/resource.ts";

describe("parseApiVersion", () => {
  const CASES: [text: string, group: string, version: string][] = [
    ["v1", "", "v1"],
    ["apps/v1", "apps", "v1"],
    ["networking.k8s.io/v1beta1", "networking.k8s.io", "v1beta1"],
    // What no API server takes.
    ["", "", ""],
    ["/v1", "", "v1"],
    ["apps/", "apps", ""],
    ["apps/v1/scale", "apps", "v1"],
  ];
  for (const [text, group, version] of CASES)
    it(`reads ${JSON.stringify(text)}`, () => assert.deepEqual(parseApiVersion(text), { group, version }));

  it("is the inverse of apiVersion", () => {
    for (const text of ["v1", "apps/v1"]) assert.equal(apiVersion(parseApiVersion(text)), text);
  });
});

describe("resourceName", () => {
  const CASES: [group: string, resource: string, name: string][] = [
    ["", "secrets", "secrets"],
    ["apps", "deployments", "deployments.apps"],
  ];
  for (const [group, resource, name] of CASES)
    it(`is ${name}`, () => assert.equal(resourceName({ group, resource }), name));
});

describe("versionPath", () => {
  const CASES: [apiVersion: string, path: string][] = [
    ["v1", "/api/v1"],
    ["apps/v1", "/apis/apps/v1"],
  ];
  for (const [text, path] of CASES)
    it(`is ${path} for ${text}`, () => assert.equal(versionPath(parseApiVersion(text)), path));
});

describe("isNamespaces", () => {
  const CASES: [group: string, resource: string, is: boolean][] = [
    ["", "namespaces", true],
    ["", "secrets", false],
    ["example.com", "namespaces", false],
  ];
  for (const [group, resource, is] of CASES)
    it(`is ${is} for ${resource} of "${group}"`, () => assert.equal(isNamespaces({ group, resource }), is));
});

describe("objectTitle", () => {
  it("names the namespace of an object that has one", () => {
    assert.equal(objectTitle("Deployment", { namespace: "shop", name: "web" }), "Deployment shop/web");
    assert.equal(objectTitle("ClusterRole", { namespace: undefined, name: "edit" }), "ClusterRole edit");
  });
});
