import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { SystemBindings } from "../../../src/backup/system-bindings.ts";
import type { JsonObject } from "../../../src/kubernetes/json.ts";

const HELD = new Set(["shop", "monitoring"]);
const APP: JsonObject = { kind: "ServiceAccount", name: "app", namespace: "shop" };

interface Binding {
  apiVersion?: string;
  metadata?: JsonObject;
  subjects?: JsonObject[];
}

function binding({ apiVersion = "rbac.authorization.k8s.io/v1", metadata = {}, subjects = [APP] }: Binding) {
  return { apiVersion, metadata: { namespace: "kube-system", name: "leader", ...metadata }, subjects };
}

const CASES: [name: string, kind: string, binding: Binding, warned: boolean][] = [
  ["an application's ServiceAccount", "RoleBinding", {}, true],
  [
    "one of several subjects",
    "RoleBinding",
    { subjects: [{ kind: "Group", name: "system:authenticated" }, APP] },
    true,
  ],
  [
    "a ServiceAccount as a user",
    "RoleBinding",
    { subjects: [{ kind: "User", name: "system:serviceaccount:shop:app" }] },
    true,
  ],
  [
    "all ServiceAccounts of a namespace",
    "RoleBinding",
    { subjects: [{ kind: "Group", name: "system:serviceaccounts:shop" }] },
    true,
  ],
  [
    "all ServiceAccounts",
    "RoleBinding",
    { subjects: [{ kind: "Group", name: "system:serviceaccounts" }] },
    false,
  ],
  ["no subjects", "RoleBinding", { subjects: [] }, false],
  [
    "a ServiceAccount of kube-system",
    "RoleBinding",
    { subjects: [{ ...APP, namespace: "kube-system" }] },
    false,
  ],
  [
    "a ServiceAccount of a namespace that is not in the backup",
    "RoleBinding",
    { subjects: [{ ...APP, namespace: "gone" }] },
    false,
  ],
  ["a user", "RoleBinding", { subjects: [{ kind: "User", name: "shop" }] }, false],
  [
    "one that the API server makes",
    "RoleBinding",
    { metadata: { labels: { "kubernetes.io/bootstrapping": "rbac-defaults" } } },
    false,
  ],
  [
    "one that is being deleted",
    "RoleBinding",
    { metadata: { deletionTimestamp: "2026-01-31T12:00:00Z" } },
    false,
  ],
  ["one elsewhere", "RoleBinding", { metadata: { namespace: "shop" } }, false],
  ["another kind", "Role", {}, false],
  ["another group's kind of that name", "RoleBinding", { apiVersion: "example.com/v1" }, false],
];

describe("a RoleBinding in kube-system that the backup leaves out", () => {
  for (const [name, kind, given, warned] of CASES) {
    test(`${name}: ${warned ? "is warned of" : "is not"}`, () => {
      const bindings = new SystemBindings(HELD);
      bindings.add(kind, binding(given));
      assert.equal(bindings.warnings().length, warned ? 1 : 0);
    });
  }
});

test("several are one warning, which names the first three", () => {
  const bindings = new SystemBindings(HELD);
  assert.deepEqual(bindings.warnings(), []);
  bindings.add("RoleBinding", binding({}));
  assert.deepEqual(bindings.warnings(), [
    "1 RoleBinding in kube-system names ServiceAccounts of other namespaces, and a backup holds nothing of kube-system (leader): keep its manifest and those of the Roles that it names, and apply them after a restore",
  ]);
  for (const name of ["b", "c", "d", "e"]) bindings.add("RoleBinding", binding({ metadata: { name } }));
  assert.deepEqual(bindings.warnings(), [
    "5 RoleBindings in kube-system name ServiceAccounts of other namespaces, and a backup holds nothing of kube-system (leader, b, c and 2 more): keep their manifests and those of the Roles that they name, and apply them after a restore",
  ]);
});
