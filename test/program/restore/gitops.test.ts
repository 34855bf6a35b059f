/** Objects that Argo CD and Flux own are counted before a restore, with what pauses these. */

import assert from "node:assert/strict";
import { mkdtemp } from "node:fs/promises";
import path from "node:path";
import { test } from "node:test";
import type { ControlPlane } from "../../support/cluster/control-plane.ts";
import { withTestBed } from "../../support/cluster/test-bed.ts";
import { runProgram } from "../../support/program/program.ts";

let cluster: ControlPlane;
let folder: string;

withTestBed(async (bed) => {
  ({ cluster, folder } = bed);
  for (const name of ["shop", "other"])
    await cluster.request("POST", "/api/v1/namespaces", { metadata: { name } });
  const flux = {
    "kustomize.toolkit.fluxcd.io/name": "apps",
    "kustomize.toolkit.fluxcd.io/namespace": "flux",
  };
  const maps: [namespace: string, metadata: object][] = [
    ["shop", { name: "a", annotations: { "argocd.argoproj.io/tracking-id": "shop:/ConfigMap:shop/a" } }],
    ["shop", { name: "b", labels: { "argocd.argoproj.io/instance": "shop" } }],
    ["shop", { name: "c", labels: flux }],
    ["shop", { name: "d", labels: { "app.kubernetes.io/instance": "shop" } }],
    ["other", { name: "e", labels: flux }],
  ];
  for (const [namespace, metadata] of maps)
    await cluster.request("POST", `/api/v1/namespaces/${namespace}/configmaps`, { metadata });
});

test("they are counted in a dry run and in the document, of what is selected alone", async () => {
  const store = await mkdtemp(path.join(folder, "store-"));
  const env = { KUBECONFIG: cluster.kubeconfig, S3TARGET: `file://${store}`, LOG_FORMAT: "text" };
  const backup = await runProgram(["backup"], { env });
  assert.equal(backup.status, 0, backup.stderr);
  const args = ["restore", "-n", "shop", "--dry-run"];
  const text = await runProgram(args, { env });
  assert.match(
    text.stdout,
    /2 objects are owned by Argo CD \(Application shop\), .*: argocd app set --sync-policy none shop\n/,
  );
  assert.match(
    text.stdout,
    /1 object is owned by Flux \(Kustomization flux\/apps\), .*: flux --namespace=flux suspend kustomization apps/,
  );
  const { stdout, stderr } = await runProgram([...args, "-o", "json"], { env });
  assert.deepEqual(
    JSON.parse(stdout || assert.fail(stderr)).gitOps.map(
      ({ name, namespace, objects }: Record<string, unknown>) => [...[name, namespace, objects]],
    ),
    [
      ["shop", null, 2],
      ["apps", "flux", 1],
    ],
  );
  const whole = await runProgram(["restore", "--yes", "-o", "json"], { env });
  assert.equal(JSON.parse(whole.stdout).gitOps[1].objects, 2);
});
