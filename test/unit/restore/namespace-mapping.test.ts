import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { UsageError } from "../../../src/errors.ts";
import { LeftNamespaces } from "../../../src/restore/source/left-namespaces.ts";
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

const CASES: [title: string, of: string, before: object, after: object][] = [
  [
    "its own namespace",
    "/ConfigMap",
    { metadata: { namespace: "shop", name: "shop" } },
    { metadata: { namespace: "copy", name: "shop" } },
  ],
  [
    "two that change places",
    "/ConfigMap",
    { metadata: { namespace: "a" } },
    { metadata: { namespace: "b" } },
  ],
  [
    "nothing of another namespace",
    "/ConfigMap",
    { metadata: { namespace: "other" } },
    { metadata: { namespace: "other" } },
  ],
  [
    "a Namespace and its label",
    "/Namespace",
    { metadata: { name: "shop", labels: { [NAME]: "shop", team: "shop" } } },
    { metadata: { name: "copy", labels: { [NAME]: "copy", team: "shop" } } },
  ],
  [
    "subjects of a binding",
    "rbac.authorization.k8s.io/ClusterRoleBinding",
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
    "admissionregistration.k8s.io/ValidatingWebhookConfiguration",
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
    "apiregistration.k8s.io/APIService",
    { spec: { service: { namespace: "shop", name: "api" } } },
    { spec: { service: { namespace: "copy", name: "api" } } },
  ],
  [
    "a conversion webhook",
    "apiextensions.k8s.io/CustomResourceDefinition",
    { spec: { conversion: { webhook: { clientConfig: { service: { namespace: "shop" } } } } } },
    { spec: { conversion: { webhook: { clientConfig: { service: { namespace: "copy" } } } } } },
  ],
  [
    "a volume's claim",
    "/PersistentVolume",
    { spec: { claimRef: { namespace: "shop" } } },
    { spec: { claimRef: { namespace: "copy" } } },
  ],
  [
    "a claim's source",
    "/PersistentVolumeClaim",
    { spec: { dataSourceRef: { namespace: "shop" } } },
    { spec: { dataSourceRef: { namespace: "copy" } } },
  ],
  [
    "a Service of another namespace",
    "/Service",
    { spec: { externalName: "db.shop.svc.cluster.local" } },
    { spec: { externalName: "db.copy.svc.cluster.local" } },
  ],
  [
    "no name of the internet",
    "/Service",
    { spec: { externalName: "www.shop.example" } },
    { spec: { externalName: "www.shop.example" } },
  ],
  [
    "a network policy's peers",
    "networking.k8s.io/NetworkPolicy",
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
    "apps/StatefulSet",
    { spec: { template: { spec: { affinity: affinity(TERM) } } } },
    { spec: { template: { spec: { affinity: affinity(MAPPED_TERM) } } } },
  ],
  [
    "what kubectl apply keeps",
    "/ConfigMap",
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
    "/ConfigMap",
    { data: { url: "http://web.shop.svc" } },
    { data: { url: "http://web.shop.svc" } },
  ],
  [
    "parents and backends of a route",
    "gateway.networking.k8s.io/HTTPRoute",
    {
      spec: {
        parentRefs: [{ name: "web", namespace: "shop" }, { name: "web" }],
        rules: [{ backendRefs: [{ name: "api", namespace: "shop" }] }, { backendRefs: [{ namespace: "x" }] }],
      },
    },
    {
      spec: {
        parentRefs: [{ name: "web", namespace: "copy" }, { name: "web" }],
        rules: [{ backendRefs: [{ name: "api", namespace: "copy" }] }, { backendRefs: [{ namespace: "x" }] }],
      },
    },
  ],
  [
    "certificates of a Gateway, and the routes that it admits",
    "gateway.networking.k8s.io/Gateway",
    {
      spec: {
        listeners: [
          {
            tls: { certificateRefs: [{ namespace: "shop" }] },
            allowedRoutes: { namespaces: { selector: { matchLabels: { [NAME]: "shop" } } } },
          },
        ],
      },
    },
    {
      spec: {
        listeners: [
          {
            tls: { certificateRefs: [{ namespace: "copy" }] },
            allowedRoutes: { namespaces: { selector: { matchLabels: { [NAME]: "copy" } } } },
          },
        ],
      },
    },
  ],
  [
    "a grant, but for who is not of the namespace",
    "gateway.networking.k8s.io/ReferenceGrant",
    { spec: { from: [{ namespace: "shop" }, { namespace: "x" }] } },
    { spec: { from: [{ namespace: "copy" }, { namespace: "x" }] } },
  ],
  [
    "hosts and gateways of Istio",
    "networking.istio.io/VirtualService",
    {
      spec: {
        hosts: ["api.shop.svc.cluster.local", "shop.example"],
        gateways: ["shop/web", "mesh"],
        exportTo: [".", "shop"],
        http: [{ route: [{ destination: { host: "api.shop.svc.cluster.local" } }] }],
      },
    },
    {
      spec: {
        hosts: ["api.copy.svc.cluster.local", "shop.example"],
        gateways: ["copy/web", "mesh"],
        exportTo: [".", "copy"],
        http: [{ route: [{ destination: { host: "api.copy.svc.cluster.local" } }] }],
      },
    },
  ],
  [
    "hosts of a Sidecar",
    "networking.istio.io/Sidecar",
    { spec: { egress: [{ hosts: ["shop/*", "shop/api.shop.svc.cluster.local", "./*"] }] } },
    { spec: { egress: [{ hosts: ["copy/*", "copy/api.copy.svc.cluster.local", "./*"] }] } },
  ],
  [
    "who may call, to Istio",
    "security.istio.io/AuthorizationPolicy",
    {
      spec: {
        rules: [
          { from: [{ source: { namespaces: ["shop"], principals: ["cluster.local/ns/shop/sa/web"] } }] },
        ],
      },
    },
    {
      spec: {
        rules: [
          { from: [{ source: { namespaces: ["copy"], principals: ["cluster.local/ns/copy/sa/web"] } }] },
        ],
      },
    },
  ],
  [
    "namespaces of monitors",
    "monitoring.coreos.com/ServiceMonitor",
    { spec: { namespaceSelector: { matchNames: ["shop", "x"] } } },
    { spec: { namespaceSelector: { matchNames: ["copy", "x"] } } },
  ],
  [
    "selectors of Prometheus",
    "monitoring.coreos.com/Prometheus",
    { spec: { ruleNamespaceSelector: { matchLabels: { [NAME]: "shop" } } } },
    { spec: { ruleNamespaceSelector: { matchLabels: { [NAME]: "copy" } } } },
  ],
  [
    "where Argo CD deploys to",
    "argoproj.io/Application",
    { spec: { destination: { namespace: "shop", server: "https://kubernetes.default.svc" } } },
    { spec: { destination: { namespace: "copy", server: "https://kubernetes.default.svc" } } },
  ],
  [
    "Secrets of a ClusterSecretStore, but not Vault's own namespace",
    "external-secrets.io/ClusterSecretStore",
    { spec: { provider: { vault: { namespace: "shop", auth: { tokenSecretRef: { namespace: "shop" } } } } } },
    { spec: { provider: { vault: { namespace: "shop", auth: { tokenSecretRef: { namespace: "copy" } } } } } },
  ],
  [
    "sources and targets of Flux",
    "kustomize.toolkit.fluxcd.io/Kustomization",
    { spec: { sourceRef: { namespace: "shop" }, targetNamespace: "shop" } },
    { spec: { sourceRef: { namespace: "copy" }, targetNamespace: "copy" } },
  ],
  [
    "where Crossplane writes to, whatever the kind",
    "database.example.com/Instance",
    { spec: { writeConnectionSecretToRef: { namespace: "shop" } } },
    { spec: { writeConnectionSecretToRef: { namespace: "copy" } } },
  ],
  [
    "a snapshot's content",
    "snapshot.storage.k8s.io/VolumeSnapshotContent",
    { spec: { volumeSnapshotRef: { namespace: "shop" } } },
    { spec: { volumeSnapshotRef: { namespace: "copy" } } },
  ],
  [
    "where cert-manager takes a certificate from",
    "admissionregistration.k8s.io/ValidatingWebhookConfiguration",
    { metadata: { annotations: { "cert-manager.io/inject-ca-from": "shop/ca" } } },
    { metadata: { annotations: { "cert-manager.io/inject-ca-from": "copy/ca" } } },
  ],
  [
    "Secrets of storage",
    "storage.k8s.io/StorageClass",
    { parameters: { "csi.storage.k8s.io/node-stage-secret-namespace": "shop", type: "shop" } },
    { parameters: { "csi.storage.k8s.io/node-stage-secret-namespace": "copy", type: "shop" } },
  ],
  [
    "nothing of a kind that only has the name",
    "serving.knative.dev/Service",
    { spec: { externalName: "db.shop.svc.cluster.local" } },
    { spec: { externalName: "db.shop.svc.cluster.local" } },
  ],
  [
    "nothing that has another shape",
    "rbac.authorization.k8s.io/RoleBinding",
    { subjects: "shop", metadata: { annotations: null } },
    { subjects: "shop", metadata: { annotations: null } },
  ],
];

function kindOf(text: string): { group: string; kind: string } {
  const [group = "", kind = ""] = text.split("/");
  return { group, kind };
}

describe("mapNamespaces", () => {
  for (const [title, of, before, after] of CASES) {
    it(`maps ${title}`, () =>
      assert.deepEqual(JSON.parse(mapNamespaces(kindOf(of), JSON.stringify(before), MAPPING).text), after));
  }

  it("keeps numbers as they were written, and gives back the very text where nothing is mapped", () => {
    const text = '{"metadata":{"namespace":"shop"},"spec":{"big":12345678901234567890,"one":1.0}}';
    assert.equal(
      mapNamespaces(kindOf("example.com/Thing"), text, MAPPING).text,
      text.replace("shop", "copy"),
    );
    const other = '{ "metadata": {"namespace":"x"} }';
    assert.equal(mapNamespaces(kindOf("example.com/Thing"), other, MAPPING).text, other);
  });
});

describe("what keeps the old name", () => {
  const rows: [title: string, of: string, object: object, left: string[]][] = [
    ["nothing that follows", "/ConfigMap", { metadata: { namespace: "shop", name: "shop" } }, []],
    [
      "two that change places follow",
      "example.com/Thing",
      { metadata: { namespace: "a" }, spec: { writeConnectionSecretToRef: { namespace: "b" } } },
      [],
    ],
    [
      "fields that say that they hold a namespace, each once",
      "example.com/Thing",
      {
        spec: {
          list: [{ namespace: "shop" }, { namespace: "shop" }, { namespace: "x" }],
          targetNamespace: "shop",
          includedNamespaces: ["x", "shop"],
          "k8s:io.kubernetes.pod.namespace": "shop",
          selector: { matchLabels: { [NAME]: "shop" } },
          other: { matchExpressions: [{ key: NAME, operator: "In", values: ["shop"] }] },
          namespaces: { from: "shop" },
        },
      },
      [
        "spec.list[].namespace",
        "spec.targetNamespace",
        "spec.includedNamespaces[]",
        'spec["k8s:io.kubernetes.pod.namespace"]',
        `spec.selector.matchLabels["${NAME}"]`,
        "spec.other.matchExpressions[].values[]",
      ],
    ],
    [
      "DNS names of Services in texts",
      "/ConfigMap",
      {
        data: {
          url: "http://user@web.shop.svc:80/x",
          "nginx.conf": "a;\nproxy_pass web-0.web.shop.svc.cluster.local;\n",
          other: "web.x.svc, shop.svc, webshop.svc.y, web.shop.svcs, http://shop.example",
        },
      },
      ["data.url", 'data["nginx.conf"]'],
    ],
    [
      "arguments of a container",
      "apps/Deployment",
      { spec: { template: { spec: { containers: [{ args: ["--db=db.shop.svc"] }] } } } },
      ["spec.template.spec.containers[].args[]"],
    ],
    [
      "no name of an object, and no label",
      "/ConfigMap",
      { metadata: { name: "shop", labels: { team: "shop" } } },
      [],
    ],
    [
      "nothing that kubectl apply keeps",
      "example.com/Thing",
      {
        metadata: {
          annotations: { "kubectl.kubernetes.io/last-applied-configuration": '{"a":"x.shop.svc"}' },
        },
      },
      [],
    ],
  ];
  for (const [title, of, object, left] of rows) {
    it(title, () => assert.deepEqual(mapNamespaces(kindOf(of), JSON.stringify(object), MAPPING).left, left));
  }

  it("is told with counts and the first names, and not with values", () => {
    const found = new LeftNamespaces();
    const things = { group: "example.com", resource: "things" };
    for (const name of ["a", "b", "c", "d", "a"]) found.add(things, { namespace: "copy", name }, ["spec.x"]);
    found.add({ group: "", resource: "nodes" }, { namespace: undefined, name: "n" }, ["y"]);
    assert.deepEqual(found.notes(), [
      "A namespace keeps its old name in 4 objects of things.example.com in spec.x (copy/a, copy/b, copy/c and 1 more): change it by hand where it means the namespace",
      "A namespace keeps its old name in 1 object of nodes in y (n): change it by hand where it means the namespace",
    ]);
    const paths = Array.from({ length: 30 }, (_, index) => `data.k${index}`);
    found.add(things, { namespace: "copy", name: "e" }, paths);
    assert.equal(found.notes().length, 21);
    assert.equal(found.notes().at(-1), "A namespace keeps its old name in 12 more fields");
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
