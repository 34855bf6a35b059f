import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { UsageError } from "../../../src/errors.ts";
import { resourceName } from "../../../src/kubernetes/resource.ts";
import {
  describeAmbiguousNames,
  resourcesByName,
  resourcesByNames,
} from "../../../src/selection/resources-by-name.ts";
import { named, RESOURCES } from "./sample-resources.ts";

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
  // Two groups have one: as in kubectl, the core group's is meant until another is said.
  ["services", ["services"]],
  ["service", ["services"]],
  ["Service", ["services"]],
  ["service.serving.knative.dev", ["services.serving.knative.dev"]],
  ["ksvc.serving.knative.dev", ["services.serving.knative.dev"]],
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

  const ROUTES = [
    named("routing.example.com", "Route", "routes", { shortNames: ["gw"] }),
    named("networking.example.com", "Route", "routes"),
    named("gateway.example.com", "GW", "gws", { singular: "gw" }),
    named("", "Route", "routes"),
  ];
  it("of the core group comes first, wherever it stands, and otherwise the first", () => {
    assert.deepEqual(resourcesByName(ROUTES, "route").map(resourceName), ["routes"]);
    assert.deepEqual(resourcesByName(ROUTES.slice(0, 3), "route").map(resourceName), [
      "routes.routing.example.com",
    ]);
  });

  it("by a short name is meant only where no other has the name in full", () => {
    assert.deepEqual(resourcesByName(ROUTES, "gw").map(resourceName), ["gws.gateway.example.com"]);
    assert.deepEqual(resourcesByName(ROUTES.slice(0, 1), "gw").map(resourceName), [
      "routes.routing.example.com",
    ]);
  });

  it("is said where several groups have the name", () => {
    assert.deepEqual(describeAmbiguousNames(RESOURCES, ["service", "Service", "all", "cm", "nothing"]), [
      '"service" means Service of the core group; for Service.serving.knative.dev write services.serving.knative.dev',
    ]);
    assert.deepEqual(describeAmbiguousNames(ROUTES.slice(0, 2), ["route", "routes.routing.example.com"]), [
      '"route" means Route.routing.example.com; for Route.networking.example.com write routes.networking.example.com',
    ]);
  });

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
