import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { describe, it } from "node:test";
import {
  describeOwned,
  type GitOpsOwner,
  gitOpsOwner,
  MarkedFiles,
  type OwnedCount,
} from "../../../src/restore/gitops-owners.ts";

const argo = (name: string, namespace?: string): GitOpsOwner => ({
  ...{ tool: "argocd", kind: "Application", namespace, name },
});

describe("what of Argo CD and Flux owns an object", () => {
  const rows: [
    title: string,
    metadata: Record<string, Record<string, string>>,
    owner: GitOpsOwner | undefined,
  ][] = [
    ["nothing", { labels: { app: "web" }, annotations: {} }, undefined],
    [
      "nothing, by a label that every chart sets",
      { labels: { "app.kubernetes.io/instance": "shop" } },
      undefined,
    ],
    [
      "nothing, by other labels of theirs",
      { labels: { "argocd.argoproj.io/secret-type": "cluster" } },
      undefined,
    ],
    ["a label of Argo CD", { labels: { "argocd.argoproj.io/instance": "shop" } }, argo("shop")],
    ["an annotation", { annotations: { "argocd.argoproj.io/instance": "shop" } }, argo("shop")],
    [
      "its tracking id, which wins",
      {
        labels: { "argocd.argoproj.io/instance": "old" },
        annotations: { "argocd.argoproj.io/tracking-id": "shop:apps/Deployment:shop/web" },
      },
      argo("shop"),
    ],
    [
      "an Application of another namespace",
      { annotations: { "argocd.argoproj.io/tracking-id": "team-a_shop:apps/Deployment:shop/web" } },
      argo("shop", "team-a"),
    ],
    [
      "a Kustomization",
      {
        labels: {
          "kustomize.toolkit.fluxcd.io/name": "apps",
          "kustomize.toolkit.fluxcd.io/namespace": "flux-system",
        },
      },
      { tool: "flux", kind: "Kustomization", namespace: "flux-system", name: "apps" },
    ],
    [
      "a HelmRelease",
      { labels: { "helm.toolkit.fluxcd.io/name": "web" } },
      { tool: "flux", kind: "HelmRelease", namespace: undefined, name: "web" },
    ],
  ];
  for (const [title, metadata, owner] of rows)
    it(title, () => assert.deepEqual(gitOpsOwner({ metadata }), owner));
});

it("it is told with what pauses it, ten at the most", () => {
  const one: OwnedCount = {
    ...{ tool: "flux", kind: "Kustomization", namespace: "flux-system", name: "apps", objects: 1 },
    pause: "flux --namespace=flux-system suspend kustomization apps",
  };
  assert.deepEqual(describeOwned([one]), [
    "1 object is owned by Flux (Kustomization flux-system/apps), which may write over what is restored. Pause it first: flux --namespace=flux-system suspend kustomization apps",
  ]);
  const many = describeOwned(Array.from({ length: 12 }, () => one));
  assert.equal(many.length, 11);
  assert.match(many[10] ?? "", /^2 objects more, of 2 Applications/);
});

it("a file may hold what is owned where a mark was seen in it, or where it was not looked at", () => {
  const marked = new MarkedFiles();
  const objects = (...texts: string[]) => texts.map((text) => Buffer.from(text));
  marked.add({ path: "plain" }, objects('{"metadata":{"name":"argocd"}}', "{}"));
  marked.add({ path: "owned" }, objects("{}", '{"metadata":{"labels":{"argocd.argoproj.io/instance":"a"}}}'));
  marked.add({ path: "owned" }, objects("{}"));
  assert.deepEqual(
    ["plain", "owned", "unseen"].map((path) => marked.mayHold({ path })),
    [false, true, true],
  );
});
