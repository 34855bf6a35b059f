import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Resource, ServedResource } from "../../../src/kubernetes/resource.ts";
import { parseKinds } from "../../../src/selection/kinds-expression.ts";
import { pickKinds } from "../../../src/selection/pick-kinds.ts";

type ServableResource = Resource & Pick<ServedResource, "verbs">;

const VERBS = ["list", "create", "get"];

function resource(name: string, kind: string, more: Partial<ServableResource> = {}): ServableResource {
  const [plural = "", ...group] = name.split(".");
  return {
    group: group.join("."),
    version: "v1",
    resource: plural,
    kind,
    namespaced: true,
    verbs: VERBS,
    ...more,
  };
}

const SERVED = [
  resource("namespaces", "Namespace", { namespaced: false }),
  resource("configmaps", "ConfigMap", { shortNames: ["cm"] }),
  resource("secrets", "Secret"),
  resource("serviceaccounts", "ServiceAccount", { shortNames: ["sa"] }),
  resource("events", "Event"),
  resource("bindings", "Binding", { verbs: ["create"] }),
  resource("componentstatuses", "ComponentStatus", { verbs: ["list"] }),
  resource("deployments.apps", "Deployment", { shortNames: ["deploy"], categories: ["all"] }),
  resource("roles.rbac.authorization.k8s.io", "Role"),
  resource("certificates.cert-manager.io", "Certificate"),
  resource("secrets.vault.example.com", "Secret", { singular: "secret" }),
  resource("challenges.acme.cert-manager.io", "Challenge"),
];
const OPTIONS = { defaults: ["secrets", "deployments.apps"], leftOutOfPatterns: new Set(["events"]) };
const NAMES = (resources: readonly ServableResource[]) =>
  resources.map(({ group, resource }) => (group === "" ? resource : `${resource}.${group}`));

const ALL = [
  "secrets",
  "deployments.apps",
  "configmaps",
  "serviceaccounts",
  "roles.rbac.authorization.k8s.io",
  "certificates.cert-manager.io",
  "secrets.vault.example.com",
  "challenges.acme.cert-manager.io",
];
const without = (...names: string[]) => ALL.filter((name) => !names.includes(name));

const CASES: [kinds: string, picked: string[], unserved?: string[]][] = [
  ["+serviceaccounts", ["secrets", "deployments.apps", "serviceaccounts"]],
  ["+sa,roles", ["secrets", "deployments.apps", "serviceaccounts", "roles.rbac.authorization.k8s.io"]],
  ["-secrets", ["deployments.apps"]],
  ["+sa,-secrets,deploy", ["serviceaccounts"]],
  ["deploy,cm", ["deployments.apps", "configmaps"]],
  ["Deployment", ["deployments.apps"]],
  ["deployments.v1.apps", ["deployments.apps"]],
  ["all", ALL],
  ["all,-secrets", without("secrets")],
  ["all,-*.cert-manager.io", without("certificates.cert-manager.io", "challenges.acme.cert-manager.io")],
  ["*.cert-manager.io", ["certificates.cert-manager.io", "challenges.acme.cert-manager.io"]],
  ["+*.nobody.example", ["secrets", "deployments.apps"]],
  ["all,events", [...ALL.slice(0, 4), "events", ...ALL.slice(4)]],
  ["+widgets", ["secrets", "deployments.apps"], ["widgets"]],
  ["widgets,cm", ["configmaps"], ["widgets"]],
  ["+widgets,-widgets", ["secrets", "deployments.apps"]],
  ["-widgets", ["secrets", "deployments.apps"]],
  ["secrets", ["secrets"]],
  ["secrets.vault.example.com", ["secrets.vault.example.com"]],
  ["+bindings", ["secrets", "deployments.apps"], ["bindings"]],
  ["+namespaces", ["secrets", "deployments.apps"]],
];

describe("KINDS", () => {
  for (const [kinds, picked, unserved = []] of CASES) {
    it(`${kinds} picks ${picked.join(", ")}`, () => {
      const parsed = parseKinds(kinds);
      assert.ok("value" in parsed, JSON.stringify(parsed));
      const found = pickKinds(parsed.value, SERVED, OPTIONS);
      assert.deepEqual(NAMES(found.resources), picked);
      assert.deepEqual(found.unserved, unserved);
    });
  }

  it("tells the kinds that a term names from those that a pattern or nobody does", () => {
    const parsed = parseKinds("all,sa,-secrets");
    assert.ok("value" in parsed);
    assert.deepEqual(NAMES([...pickKinds(parsed.value, SERVED, OPTIONS).named]), [
      "serviceaccounts",
      "secrets",
    ]);
    assert.equal(pickKinds(undefined, SERVED, OPTIONS).named.size, 0);
  });

  it("says which kind a name means that several groups have, and nothing of the defaults", () => {
    const notes = (kinds: string) => {
      const parsed = parseKinds(kinds);
      assert.ok("value" in parsed);
      return pickKinds(parsed.value, SERVED, OPTIONS).notes;
    };
    assert.deepEqual(notes("+sa,configmaps"), []);
    assert.deepEqual(notes("all,-secrets"), [
      '"secrets" means Secret of the core group; for Secret.vault.example.com write secrets.vault.example.com',
    ]);
  });

  it("picks the defaults where nothing is said, and names those that are not served", () => {
    const found = pickKinds(undefined, SERVED, {
      ...OPTIONS,
      defaults: ["secrets", "ingresses.networking.k8s.io"],
    });
    assert.deepEqual(NAMES(found.resources), ["secrets"]);
    assert.deepEqual(found.unserved, ["ingresses.networking.k8s.io"]);
  });

  for (const wrong of ["", ",", "a,,b", "+", "a b", "!secrets", "{a,b}", "../x"]) {
    it(`refuses "${wrong}"`, () => assert.ok("problem" in parseKinds(wrong)));
  }
});
