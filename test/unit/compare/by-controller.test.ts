import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { isByController, withoutControllers } from "../../../src/compare/by-controller.ts";
import type { Change, ObjectDifference } from "../../../src/compare/document.ts";

const REVISION = 'metadata.annotations["deployment.kubernetes.io/revision"]';
const WEB = { apiVersion: "apps/v1", kind: "Deployment", name: "web", controller: true };

describe("the cluster's own controllers wrote", () => {
  const rows: [
    title: string,
    resource: string,
    change: Change,
    paths: string[],
    owner: typeof WEB | undefined,
    cause: Change | string[] | undefined,
    own: boolean,
  ][] = [
    ["a Deployment's revision", "deployments.apps", "changed", [REVISION], undefined, undefined, true],
    ["not its image", "deployments.apps", "changed", [REVISION, "spec.image"], undefined, undefined, false],
    [
      "not the same of another group",
      "deployments.example.com",
      "changed",
      [REVISION],
      undefined,
      undefined,
      false,
    ],
    ["not a Deployment", "deployments.apps", "added", [], undefined, undefined, false],
    ["the ReplicaSet of one", "replicasets.apps", "added", [], WEB, undefined, true],
    ["the ReplicaSet of one that changed", "replicasets.apps", "added", [], WEB, "changed", true],
    ["not that of one that somebody created", "replicasets.apps", "added", [], WEB, "added", false],
    ["not that of one that somebody deleted", "replicasets.apps", "removed", [], WEB, "removed", false],
    ["no old ReplicaSet that is gone", "replicasets.apps", "removed", [], WEB, undefined, false],
    ["nor one of a scaled Deployment", "replicasets.apps", "removed", [], WEB, ["spec.replicas"], false],
    ["an old one where there is a new one", "replicasets.apps", "removed", [], WEB, [REVISION], true],
    ["an old one of a new template", "replicasets.apps", "removed", [], WEB, ["spec.template.spec.x"], true],
    [
      "an old one where fewer are kept",
      "replicasets.apps",
      "removed",
      [],
      WEB,
      ["spec.revisionHistoryLimit"],
      true,
    ],
    ["the size of one", "replicasets.apps", "changed", ["spec.replicas"], WEB, "changed", true],
    [
      "not the size of one without a Deployment",
      "replicasets.apps",
      "changed",
      ["spec.replicas"],
      undefined,
      undefined,
      false,
    ],
    ["its place among revisions", "replicasets.apps", "changed", [REVISION], WEB, undefined, true],
    ["its adoption", "replicasets.apps", "changed", ["metadata.ownerReferences"], WEB, undefined, true],
    ["no template of one", "replicasets.apps", "changed", ["spec.template.spec.x"], WEB, undefined, false],
    ["no ConfigMap", "configmaps", "changed", ["data.a"], WEB, undefined, false],
    [
      "nothing of a kind with the name of a member",
      "constructor",
      "changed",
      ["a"],
      undefined,
      undefined,
      false,
    ],
  ];
  for (const [title, resource, change, paths, owner, cause, own] of rows) {
    it(title, () => {
      const identity = { apiVersion: "v1", kind: "", resource, namespace: "shop", name: "x" };
      const owners = owner === undefined ? [] : [owner];
      const fields = paths.map((path) => ({ path }));
      const changed = Array.isArray(cause) ? "changed" : cause;
      const causes = Array.isArray(cause) ? cause : [];
      const caused = changed && { change: changed, fields: causes.map((path) => ({ path })) };
      assert.equal(isByController({ ...identity, change, fields, owners }, caused), own);
    });
  }
  for (const [title, aggregates, paths, own] of [
    ["the rules of a ClusterRole that aggregates others", true, ["rules[0].verbs", "rules[1]"], true],
    ["not those of one that does not", false, ["rules[0].verbs"], false],
    ["not its labels", true, ["rules[0]", "metadata.labels.a"], false],
    ["not what begins alike", true, ["rulesets"], false],
  ] as const) {
    it(title, () => {
      const resource = "clusterroles.rbac.authorization.k8s.io";
      const identity = { apiVersion: "v1", kind: "", resource, namespace: null, name: "x" };
      const fields = paths.map((path) => ({ path }));
      assert.equal(
        isByController({ ...identity, change: "changed", fields, owners: [], aggregates }, undefined),
        own,
      );
    });
  }
});

it("what follows something that is not shown stands by itself", () => {
  const object = (name: string, more: Partial<ObjectDifference> = {}): ObjectDifference => ({
    ...{ apiVersion: "v1", kind: "Thing", resource: "things", namespace: "shop", name },
    ...{ change: "changed", fields: [], ...more },
  });
  const follows = { kind: "Thing", resource: "things", namespace: "shop", name: "own" };
  const shown = withoutControllers([
    object("own", { byController: true }),
    object("below", { follows }),
    object("other", { follows: { ...follows, name: "elsewhere" } }),
  ]);
  assert.deepEqual(shown, [object("below"), object("other", { follows: { ...follows, name: "elsewhere" } })]);
});
