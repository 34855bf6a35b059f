import assert from "node:assert/strict";
import { test } from "node:test";
import { judgeKinds } from "../../../../src/commands/verify/judge-kinds.ts";
import { knownMinor } from "../../../../src/kubernetes/kubernetes-version.ts";

const objects = 2;

/** What is said of a kind in a Kubernetes; undefined where it is served. */
function judged(text: string, minor: number) {
  const [apiVersion = "", kind = "", resource = ""] = text.split(" ");
  const [version = "", group = ""] = apiVersion.split("/").reverse();
  return judgeKinds([{ group, version, kind, resource, objects }], minor).unserved[0];
}

const cases: [kind: string, minor: number, expected: object | undefined][] = [
  ["apps/v1 Deployment deployments", 37, undefined],
  ["v1 Secret secrets", 22, undefined],
  // Gone, and nothing in its place.
  ["policy/v1beta1 PodSecurityPolicy podsecuritypolicies", 24, undefined],
  [
    "policy/v1beta1 PodSecurityPolicy podsecuritypolicies",
    25,
    { addedIn: null, removedIn: "1.25", servedAs: [] },
  ],
  // Another version of the group.
  [
    "policy/v1beta1 PodDisruptionBudget poddisruptionbudgets",
    37,
    { addedIn: null, removedIn: "1.25", servedAs: [{ apiVersion: "policy/v1", addedIn: "1.21" }] },
  ],
  [
    "autoscaling/v2beta2 HorizontalPodAutoscaler horizontalpodautoscalers",
    26,
    {
      addedIn: null,
      removedIn: "1.26",
      servedAs: [
        { apiVersion: "autoscaling/v2", addedIn: "1.23" },
        { apiVersion: "autoscaling/v1", addedIn: "1.2" },
      ],
    },
  ],
  // Versions that are not stable come last.
  [
    "flowcontrol.apiserver.k8s.io/v1beta2 FlowSchema flowschemas",
    31,
    {
      addedIn: null,
      removedIn: "1.29",
      servedAs: [
        { apiVersion: "flowcontrol.apiserver.k8s.io/v1", addedIn: "1.29" },
        { apiVersion: "flowcontrol.apiserver.k8s.io/v1beta3", addedIn: "1.26" },
      ],
    },
  ],
  // Another group.
  [
    "extensions/v1beta1 Ingress ingresses",
    22,
    { addedIn: null, removedIn: "1.22", servedAs: [{ apiVersion: "networking.k8s.io/v1", addedIn: "1.19" }] },
  ],
  // Back to an older Kubernetes.
  [
    "resource.k8s.io/v1 ResourceClaim resourceclaims",
    33,
    {
      addedIn: "1.34",
      removedIn: null,
      servedAs: [
        { apiVersion: "resource.k8s.io/v1beta2", addedIn: "1.33" },
        { apiVersion: "resource.k8s.io/v1beta1", addedIn: "1.32" },
        { apiVersion: "resource.k8s.io/v1alpha3", addedIn: "1.31" },
      ],
    },
  ],
  // A module that has lost the type is one that does not serve it.
  [
    "networking.k8s.io/v1alpha1 ClusterCIDR clustercidrs",
    30,
    { addedIn: null, removedIn: "1.29", servedAs: [] },
  ],
  // A built-in group of a later Kubernetes.
  [
    "apps/v2 Deployment deployments",
    37,
    { addedIn: null, removedIn: null, servedAs: [{ apiVersion: "apps/v1", addedIn: "1.9" }] },
  ],
  // Custom resources.
  ["gateway.networking.k8s.io/v1beta1 HTTPRoute httproutes", 37, undefined],
  ["example.com/v1 Widget widgets", 37, undefined],
];

for (const [kind, minor, expected] of cases) {
  const said = expected === undefined ? "is served" : "is not served";
  test(`${kind} ${said} in Kubernetes 1.${minor}`, () => {
    const found = judged(kind, minor);
    if (expected === undefined) return assert.equal(found, undefined);
    assert.ok(found !== undefined);
    const { resource, apiVersion, kind: name, objects: count, ...rest } = found;
    assert.equal(`${apiVersion} ${name}`, kind.split(" ").slice(0, 2).join(" "));
    assert.match(resource, /^\w+/);
    assert.equal(count, objects);
    assert.deepEqual(rest, expected);
  });
}

test("a kind without objects is not judged", () => {
  const resource = {
    group: "policy",
    version: "v1beta1",
    kind: "PodSecurityPolicy",
    resource: "podsecuritypolicies",
  };
  assert.deepEqual(judgeKinds([{ ...resource, objects: 0 }], 37), { version: "1.37", unserved: [] });
});

test("a version of Kubernetes is read as servers and people write it", () => {
  const versions: [string, number | undefined][] = [
    ["1.37", 37],
    ["v1.37", 37],
    ["1.34.2", 34],
    ["v1.31.4+k3s1", 31],
    ["v1.30.1-gke.1187000", 30],
    ["1.22", 22],
    ["1.21", undefined],
    ["1.99", undefined],
    ["2.0", undefined],
    ["37", undefined],
    ["latest", undefined],
    ["", undefined],
  ];
  for (const [text, minor] of versions) assert.equal(knownMinor(text), minor, text);
});
