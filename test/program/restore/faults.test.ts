/** A restore says what it could not bring back, and goes on or ends as the fault demands. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { exists, FLAG, loadApplication, remove } from "../../support/cluster/cluster-contents.ts";
import type { ControlPlane } from "../../support/cluster/control-plane.ts";
import { withTestBed } from "../../support/cluster/test-bed.ts";
import { startApiProxy } from "../../support/faults/api-proxy.ts";
import { runProgram } from "../../support/program/program.ts";

let cluster: ControlPlane;
let folder: string;

withTestBed(async (bed) => {
  ({ cluster, folder } = bed);
  await loadApplication(cluster, "shop");
});

const configMap = (more: object) => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { namespace: "shop", name: "from-the-future", uid: "1", resourceVersion: "1" },
  data: { color: "blue" },
  ...more,
});

test("fields that a newer API server gave are in the backup, and named when this one leaves them out", async () => {
  const proxy = await startApiProxy(cluster);
  const env = { KUBECONFIG: proxy.kubeconfig, S3TARGET: `file://${folder}/store` };
  try {
    // A server of a later version, as far as one answer goes.
    const { metadata } = await cluster.request("GET", "/api/v1/configmaps");
    const items = [configMap({ colorProfile: { gamut: "wide" } })];
    const stop = proxy.inject({
      when: ({ path }) => path === "/api/v1/configmaps",
      fault: {
        kind: "answer",
        status: 200,
        body: { kind: "ConfigMapList", apiVersion: "v1", metadata, items },
      },
    });
    const taken = await runProgram(["backup"], { env });
    assert.equal(taken.status, 0, taken.stderr);
    stop();
    const result = await runProgram(["restore", "--yes", "-o", "json"], { env });
    assert.equal(result.status, 0, result.stderr);
    // Where something was written meanwhile, the list that was made up is of another moment, and the backup says so.
    const notes: string[] = JSON.parse(result.stdout).notes;
    const others = notes.filter((note) => !/not of the moment of the rest/.test(note));
    assert.deepEqual(others, [
      "ConfigMap shop/from-the-future came back without fields that this API server does not know: colorProfile",
    ]);
  } finally {
    await proxy.stop();
  }
});

test("a create whose answer is lost is neither made twice nor counted as failed", async () => {
  const proxy = await startApiProxy(cluster);
  const env = { KUBECONFIG: proxy.kubeconfig, S3TARGET: `file://${folder}/lost` };
  try {
    const taken = await runProgram(["backup"], { env });
    assert.equal(taken.status, 0, taken.stderr);
    await Promise.all([remove(cluster, "/api/v1/namespaces/shop"), remove(cluster, FLAG)]);
    proxy.inject({
      when: ({ method, path }) => method === "POST" && path.endsWith("/secrets"),
      fault: { kind: "cut-after-done" },
      times: 1,
    });
    const result = await runProgram(["restore", "--yes", "-o", "json"], { env });
    assert.equal(result.status, 0, result.stderr);
    const { kinds, failures } = JSON.parse(result.stdout);
    assert.deepEqual(failures, []);
    assert.deepEqual(kinds.Secret, { created: 0, unchanged: 1, skipped: 0, failed: 0 });
    assert.equal(await exists(cluster, "/api/v1/namespaces/shop/secrets/password"), true);
  } finally {
    await proxy.stop();
  }
});

test("what the API server goes on refusing fails alone, and is named", async () => {
  const proxy = await startApiProxy(cluster);
  const env = { KUBECONFIG: proxy.kubeconfig, S3TARGET: `file://${folder}/lost` };
  try {
    await Promise.all([remove(cluster, "/api/v1/namespaces/shop"), remove(cluster, FLAG)]);
    proxy.inject({
      when: ({ method, path }) => method === "POST" && path.endsWith("/services"),
      fault: {
        kind: "answer",
        status: 403,
        body: { kind: "Status", reason: "Forbidden", message: "services is forbidden: exceeded quota" },
      },
    });
    const result = await runProgram(["restore", "--yes", "-o", "json"], { env });
    assert.equal(result.status, 3, result.stderr);
    const { failures, flagWritten } = JSON.parse(result.stdout);
    assert.deepEqual(failures, [
      {
        resource: "services",
        kind: "Service",
        namespace: "shop",
        name: "web",
        reason: "services is forbidden: exceeded quota (HTTP 403)",
      },
    ]);
    assert.equal(flagWritten, false);
    assert.equal(await exists(cluster, FLAG), false);
    assert.equal(
      await exists(cluster, "/apis/apps/v1/namespaces/shop/deployments/web"),
      true,
      "the rest is back",
    );
  } finally {
    await proxy.stop();
  }
});

test("an API server that goes away ends the restore, and is no failure of single objects", async () => {
  const proxy = await startApiProxy(cluster);
  const env = { KUBECONFIG: proxy.kubeconfig, S3TARGET: `file://${folder}/lost` };
  try {
    proxy.inject({
      when: ({ method, path }) => method === "POST" && path === "/api/v1/namespaces",
      fault: { kind: "cut" },
    });
    const result = await runProgram(["restore", "--yes", "-o", "json"], { env });
    assert.equal(result.status, 1, result.stderr);
    assert.match(
      JSON.parse(result.stdout).error,
      /^Cannot create namespace .*: the API server .* does not answer/,
    );
  } finally {
    await proxy.stop();
  }
});
