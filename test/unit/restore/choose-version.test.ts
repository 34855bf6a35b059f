import assert from "node:assert/strict";
import { test } from "node:test";
import { type CrdFacts, crdFacts } from "../../../src/restore/live/crd-facts.ts";
import { chooseVersion, type VersionFacts } from "../../../src/restore/rounds/choose-version.ts";

const GADGETS = { group: "kinds.example.com", resource: "gadgets" };

/** A definition with these versions; one that is not served has a "-" before it. */
function definition(versions: string, strategy?: "None" | "Webhook"): CrdFacts {
  return crdFacts({
    spec: {
      ...(strategy === undefined ? {} : { conversion: { strategy } }),
      versions: versions
        .split(" ")
        .map((name) => ({ name: name.replace("-", ""), served: !name.startsWith("-") })),
    },
  });
}

type Case = [what: string, facts: Omit<VersionFacts, "archived">, chosen: string | RegExp];

/** Archived as v1beta1. */
const CASES: readonly Case[] = [
  ["it is served", { served: ["v1", "v1beta1"] }, "v1beta1"],
  [
    "the cluster's definition knows it, and does not serve it",
    { served: ["v1"], inCluster: definition("v1 -v1beta1") },
    "v1",
  ],
  [
    "the same, with the conversion spelled out",
    { served: ["v1"], inCluster: definition("v1 -v1beta1", "None") },
    "v1",
  ],
  [
    "only the backup's definition knows it and what is served",
    { served: ["v1"], inCluster: definition("v1"), inBackup: definition("v1 v1beta1") },
    "v1",
  ],
  [
    "the preferred version is not known to be the same, another is",
    { served: ["v2", "v1"], inCluster: definition("v2 v1", "Webhook"), inBackup: definition("v1 v1beta1") },
    "v1",
  ],
  ["the preferred one of several", { served: ["v2", "v1"], inCluster: definition("v2 v1 -v1beta1") }, "v2"],
  [
    "a webhook converts it, and it is not served",
    { served: ["v1"], inCluster: definition("v1 -v1beta1", "Webhook") },
    /^the API server does not serve gadgets\.kinds\.example\.com as kinds\.example\.com\/v1beta1, only as v1: .* set served: true for v1beta1 in the CustomResourceDefinition gadgets\.kinds\.example\.com/,
  ],
  [
    "no definition knows both",
    { served: ["v1"], inCluster: definition("v1"), inBackup: definition("v1beta1") },
    /no definition says how v1beta1 becomes one of these; install the release .* serves v1beta1 .* or kube-backup export/,
  ],
  [
    "the backup's definition converts by a webhook",
    { served: ["v1"], inCluster: definition("v1"), inBackup: definition("v1 v1beta1", "Webhook") },
    /no definition says how/,
  ],
  [
    "no custom resource",
    { served: ["v2", "v1"] },
    /as kinds\.example\.com\/v1beta1, only as v2, v1: restore into a Kubernetes that serves v1beta1, or kube-backup export/,
  ],
];

for (const [what, facts, chosen] of CASES) {
  test(what, () => {
    const choice = chooseVersion({ archived: { ...GADGETS, version: "v1beta1" }, ...facts });
    if (typeof chosen === "string") assert.deepEqual(choice, { version: chosen });
    else assert.match("reason" in choice ? choice.reason : "", chosen);
  });
}

test("a definition's conditions: what keeps it", () => {
  const conditions = (names: string, established: string) => [
    {
      type: "NamesAccepted",
      status: names,
      reason: "ListKindConflict",
      message: '"WidgetList" is already in use',
    },
    {
      type: "Established",
      status: established,
      reason: "NotAccepted",
      message: "not all names are accepted",
    },
    { type: "NonStructuralSchema", status: "True", reason: "Violations", message: "no schema" },
  ];
  const facts = (names: string, established: string) =>
    crdFacts({ status: { conditions: conditions(names, established) } });
  assert.equal(facts("True", "True").established, true);
  assert.equal(facts("False", "True").established, false);
  assert.equal(facts("True", "False").established, false);
  assert.equal(
    facts("False", "False").conditions,
    'NamesAccepted is False: ListKindConflict: "WidgetList" is already in use; Established is False: NotAccepted: not all names are accepted',
  );
  assert.deepEqual(crdFacts({}), {
    versions: [],
    sameInAll: true,
    established: false,
    conditions: "",
  });
});
