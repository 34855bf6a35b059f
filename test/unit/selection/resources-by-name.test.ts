import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { UsageError } from "../../../src/errors.ts";
import { resourceName } from "../../../src/kubernetes/resource.ts";
import { resourcesByName, resourcesByNames } from "../../../src/selection/resources-by-name.ts";
import { RESOURCES } from "./sample-resources.ts";

const CASES: [word: string, meant: string[]][] = [
  ["deployments", ["deployments.apps"]],
  ["deployment", ["deployments.apps"]],
  ["Deployment", ["deployments.apps"]],
  ["DEPLOY", ["deployments.apps"]],
  ["deploy", ["deployments.apps"]],
  ["deployments.apps", ["deployments.apps"]],
  ["deployment.apps", ["deployments.apps"]],
  ["deploy.apps", ["deployments.apps"]],
  ["deployments.v1.apps", ["deployments.apps"]],
  ["deployments.v1beta1.apps", []],
  ["deployments.extensions", []],
  ["secrets", ["secrets"]],
  ["secret", ["secrets"]],
  ["secrets.v1", ["secrets"]],
  ["secrets.", []],
  ["cm", ["configmaps"]],
  ["ing", ["ingresses.networking.k8s.io"]],
  ["ingress.networking.k8s.io", ["ingresses.networking.k8s.io"]],
  ["all", ["services", "deployments.apps"]],
  ["ALL", ["services", "deployments.apps"]],
  // Two groups have one: both are meant, until the group is said.
  ["services", ["services", "services.serving.knative.dev"]],
  ["services.serving.knative.dev", ["services.serving.knative.dev"]],
  ["services.v1", ["services"]],
  ["svc", ["services"]],
  ["ksvc", ["services.serving.knative.dev"]],
  ["", []],
  ["pods", []],
  ["constructor", []],
];

describe("the resources that a word means", () => {
  for (const [word, meant] of CASES) {
    it(`${JSON.stringify(word)}: ${meant.join(", ") || "none"}`, () => {
      assert.deepEqual(resourcesByName(RESOURCES, word).map(resourceName), meant);
    });
  }

  it("of several words are in the resources' order, each once", () => {
    const found = resourcesByNames(RESOURCES, ["deploy", "all", "secret", "deployments"], "backup_1");
    assert.deepEqual(found.map(resourceName), ["secrets", "services", "deployments.apps"]);
  });

  it("are an error that names each word that means nothing, and the nearest that does", () => {
    assert.throws(
      () => resourcesByNames(RESOURCES, ["deplyo", "pods", "secrets"], "backup_1"),
      (error: unknown) => {
        assert.ok(error instanceof UsageError);
        assert.deepEqual(error.problems, [
          '"deplyo" is no kind that backup_1 holds: did you mean deploy?',
          '"pods" is no kind that backup_1 holds',
        ]);
        assert.match(
          error.advice ?? "",
          /^It knows clusterroles\.rbac\.\S+, configmaps, deployments\.apps, /,
        );
        return true;
      },
    );
    assert.throws(() => resourcesByNames([], ["x"], "backup_1"), UsageError);
  });
});
