import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { UsageError } from "../../../src/errors.ts";
import { checkNamespaceMapping } from "../../../src/restore/source/namespace-mapping.ts";
import { mapNamespaces } from "../../../src/restore/source/namespace-references.ts";

const MAPPING = new Map([
  ["shop", "copy"],
  ["a", "b"],
  ["b", "a"],
]);

const NAME = "kubernetes.io/metadata.name";
const TERM = {
  topologyKey: "zone",
  namespaces: ["shop", "other"],
  namespaceSelector: { matchLabels: { [NAME]: "shop" } },
};
const MAPPED_TERM = {
  topologyKey: "zone",
  namespaces: ["copy", "other"],
  namespaceSelector: { matchLabels: { [NAME]: "copy" } },
};

const affinity = (term: object) => ({
  podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term] },
  podAntiAffinity: {
    preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 1, podAffinityTerm: term }],
  },
});

const CASES: [title: string, kind: string, before: object, after: object][] = [
  [
    "its own namespace",
    "ConfigMap",
    { metadata: { namespace: "shop", name: "shop" } },
    { metadata: { namespace: "copy", name: "shop" } },
  ],
  ["two that change places", "ConfigMap", { metadata: { namespace: "a" } }, { metadata: { namespace: "b" } }],
  [
    "nothing of another namespace",
    "ConfigMap",
    { metadata: { namespace: "other" } },
    { metadata: { namespace: "other" } },
  ],
  [
    "a Namespace and its label",
    "Namespace",
    { metadata: { name: "shop", labels: { [NAME]: "shop", team: "shop" } } },
    { metadata: { name: "copy", labels: { [NAME]: "copy", team: "shop" } } },
  ],
  [
    "subjects of a binding",
    "ClusterRoleBinding",
    {
      subjects: [
        { kind: "ServiceAccount", name: "shop", namespace: "shop" },
        { kind: "User", name: "system:serviceaccount:shop:web" },
        { kind: "Group", name: "system:serviceaccounts:shop" },
        { kind: "Group", name: "system:serviceaccounts" },
        { kind: "User", name: "shop" },
      ],
    },
    {
      subjects: [
        { kind: "ServiceAccount", name: "shop", namespace: "copy" },
        { kind: "User", name: "system:serviceaccount:copy:web" },
        { kind: "Group", name: "system:serviceaccounts:copy" },
        { kind: "Group", name: "system:serviceaccounts" },
        { kind: "User", name: "shop" },
      ],
    },
  ],
  [
    "webhooks' services and selectors",
    "ValidatingWebhookConfiguration",
    {
      webhooks: [
        {
          clientConfig: { service: { namespace: "shop", name: "hook" } },
          namespaceSelector: {
            matchExpressions: [
              { key: NAME, operator: "NotIn", values: ["shop", "x"] },
              { key: "team", operator: "In", values: ["shop"] },
            ],
          },
        },
        { clientConfig: { url: "https://shop" } },
      ],
    },
    {
      webhooks: [
        {
          clientConfig: { service: { namespace: "copy", name: "hook" } },
          namespaceSelector: {
            matchExpressions: [
              { key: NAME, operator: "NotIn", values: ["copy", "x"] },
              { key: "team", operator: "In", values: ["shop"] },
            ],
          },
        },
        { clientConfig: { url: "https://shop" } },
      ],
    },
  ],
  [
    "an APIService's service",
    "APIService",
    { spec: { service: { namespace: "shop", name: "api" } } },
    { spec: { service: { namespace: "copy", name: "api" } } },
  ],
  [
    "a conversion webhook",
    "CustomResourceDefinition",
    { spec: { conversion: { webhook: { clientConfig: { service: { namespace: "shop" } } } } } },
    { spec: { conversion: { webhook: { clientConfig: { service: { namespace: "copy" } } } } } },
  ],
  [
    "a volume's claim",
    "PersistentVolume",
    { spec: { claimRef: { namespace: "shop" } } },
    { spec: { claimRef: { namespace: "copy" } } },
  ],
  [
    "a claim's source",
    "PersistentVolumeClaim",
    { spec: { dataSourceRef: { namespace: "shop" } } },
    { spec: { dataSourceRef: { namespace: "copy" } } },
  ],
  [
    "a Service of another namespace",
    "Service",
    { spec: { externalName: "db.shop.svc.cluster.local" } },
    { spec: { externalName: "db.copy.svc.cluster.local" } },
  ],
  [
    "no name of the internet",
    "Service",
    { spec: { externalName: "www.shop.example" } },
    { spec: { externalName: "www.shop.example" } },
  ],
  [
    "a network policy's peers",
    "NetworkPolicy",
    {
      spec: {
        ingress: [
          { from: [{ namespaceSelector: { matchLabels: { [NAME]: "shop" } } }, { podSelector: {} }] },
        ],
        egress: [{}],
      },
    },
    {
      spec: {
        ingress: [
          { from: [{ namespaceSelector: { matchLabels: { [NAME]: "copy" } } }, { podSelector: {} }] },
        ],
        egress: [{}],
      },
    },
  ],
  [
    "Pods' affinity",
    "StatefulSet",
    { spec: { template: { spec: { affinity: affinity(TERM) } } } },
    { spec: { template: { spec: { affinity: affinity(MAPPED_TERM) } } } },
  ],
  [
    "what kubectl apply keeps",
    "ConfigMap",
    {
      metadata: {
        annotations: {
          "kubectl.kubernetes.io/last-applied-configuration":
            '{"metadata":{"namespace":"shop"},"data":{"n":"shop"}}\n',
        },
      },
    },
    {
      metadata: {
        annotations: {
          "kubectl.kubernetes.io/last-applied-configuration":
            '{"metadata":{"namespace":"copy"},"data":{"n":"shop"}}\n',
        },
      },
    },
  ],
  [
    "no text that happens to hold the name",
    "ConfigMap",
    { data: { url: "http://web.shop.svc" } },
    { data: { url: "http://web.shop.svc" } },
  ],
  [
    "nothing that has another shape",
    "RoleBinding",
    { subjects: "shop", metadata: { annotations: null } },
    { subjects: "shop", metadata: { annotations: null } },
  ],
];

describe("mapNamespaces", () => {
  for (const [title, kind, before, after] of CASES) {
    it(`maps ${title}`, () =>
      assert.deepEqual(JSON.parse(mapNamespaces(kind, JSON.stringify(before), MAPPING)), after));
  }

  it("keeps numbers as they were written, and gives back the very text where nothing is mapped", () => {
    const text = '{"metadata":{"namespace":"shop"},"spec":{"big":12345678901234567890,"one":1.0}}';
    assert.equal(mapNamespaces("Thing", text, MAPPING), text.replace("shop", "copy"));
    const other = '{ "metadata": {"namespace":"x"} }';
    assert.equal(mapNamespaces("Thing", other, MAPPING), other);
  });
});

describe("checkNamespaceMapping", () => {
  const check = (pairs: [string, string][], selected?: (name: string) => boolean) =>
    checkNamespaceMapping(pairs, { namespaces: ["a", "b", "c"], selected, where: "backup_x" });

  it("takes names of its own, and two that change places", () => {
    assert.deepEqual([...check([["a", "new"]])], [["a", "new"]]);
    assert.equal(
      check([
        ["a", "b"],
        ["b", "a"],
      ]).size,
      2,
    );
    assert.equal(
      check([
        ["a", "b"],
        ["b", "new"],
      ]).size,
      2,
    );
    assert.equal(check([["a", "b"]], (name) => name === "a").size, 1, "b is not restored");
  });

  const WRONG: [title: string, pairs: [string, string][], problem: RegExp][] = [
    ["itself", [["a", "a"]], /onto itself/],
    [
      "two into one",
      [
        ["a", "new"],
        ["b", "new"],
      ],
      /a and b would both end in new/,
    ],
    ["into one that is restored too", [["a", "b"]], /a and b would both end in b/],
    ["one that there is not", [["x", "new"]], /backup_x holds no namespace x/],
    [
      "one twice",
      [
        ["a", "new"],
        ["a", "other"],
      ],
      /a is mapped already, to new/,
    ],
    ["into no name", [["a", "New_1"]], /"New_1" is no namespace's name/],
    ["into the empty name", [["a", ""]], /"" is no namespace's name/],
    ["into a name of 64 letters", [["a", "x".repeat(64)]], /no namespace's name/],
    ["into the cluster's own", [["a", "kube-system"]], /nothing is restored into kube-system/],
    ["into the flag", [["a", "backuprestore-donotuse"]], /nothing is restored into backuprestore-donotuse/],
  ];
  for (const [title, pairs, problem] of WRONG) {
    it(`refuses ${title}`, () =>
      assert.throws(
        () => check(pairs),
        (error) => error instanceof UsageError && problem.test(error.message),
      ));
  }
});
