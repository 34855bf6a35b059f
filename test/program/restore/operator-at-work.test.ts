/**
 * A database's password, which its operator makes anew where it is missing, comes back while the operator is at work: by
 * hand and by the gate. SIZE=full makes 50 rounds of each.
 */

import assert from "node:assert/strict";
import process from "node:process";
import { after, beforeEach, test } from "node:test";
import { FLAG, RECORD, remove } from "../../support/cluster/cluster-contents.ts";
import type { ControlPlane } from "../../support/cluster/control-plane.ts";
import { type Operator, startOperator } from "../../support/cluster/operator.ts";
import { withTestBed } from "../../support/cluster/test-bed.ts";
import { runProgram, startProgram } from "../../support/program/program.ts";

const ROUNDS = process.env["SIZE"] === "full" ? 50 : 3;
const GROUP = "postgresql.example.com";
const DB = "/api/v1/namespaces/db";
const CRDS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
const CLUSTERS = `/apis/${GROUP}/v1/namespaces/db/clusters`;
const CATALOGS = `/apis/${GROUP}/v1/namespaces/db/catalogs`;
const KINDS = ["clusters", "catalogs"];
const PASSWORD = "the-old-password";

let cluster: ControlPlane;
let env: Record<string, string>;
let operator: Operator;

withTestBed(async (bed) => {
  ({ cluster } = bed);
  env = {
    KUBECONFIG: cluster.kubeconfig,
    S3TARGET: `file://${bed.folder}/store`,
    FREQUENCY: "60",
    MAXRESTOREAGE: "600",
  };
  for (const plural of KINDS) await define(plural);
  await cluster.request("POST", "/api/v1/namespaces", { metadata: { name: "db" } });
  const pg = await custom(CLUSTERS, "Cluster", "pg");
  const { uid } = pg.metadata;
  await cluster.request("POST", `${DB}/secrets`, {
    metadata: {
      name: "pg-app",
      ownerReferences: [{ apiVersion: `${GROUP}/v1`, kind: "Cluster", name: "pg", uid, controller: true }],
    },
    type: "kubernetes.io/basic-auth",
    stringData: { username: "app", password: PASSWORD },
  });
  for (let number = 0; number < 300; number += 1) await custom(CATALOGS, "Catalog", `c-${number}`);
  const taken = await runProgram(["backup", "--kinds", "all"], { env });
  assert.equal(taken.status, 0, taken.stderr);
  operator = await startOperator(cluster, [
    {
      watch: `/apis/${GROUP}/v1/clusters`,
      make: ({ metadata: { name, namespace } }) => ({
        collection: `/api/v1/namespaces/${namespace}/secrets`,
        object: {
          metadata: { name: `${name}-app` },
          type: "kubernetes.io/basic-auth",
          stringData: { username: "app", password: "NEW" },
        } as { metadata: { name: string } },
      }),
    },
  ]);
});

after(() => operator?.stop());

beforeEach(lose);

async function lose(): Promise<void> {
  await remove(cluster, DB);
  for (const plural of KINDS) await remove(cluster, `${CRDS}/${plural}.${GROUP}`);
  await remove(cluster, RECORD);
  await remove(cluster, FLAG);
}

async function define(plural: string): Promise<void> {
  const kind = plural === "clusters" ? "Cluster" : "Catalog";
  const schema = { openAPIV3Schema: { type: "object", "x-kubernetes-preserve-unknown-fields": true } };
  await cluster.request("POST", CRDS, {
    metadata: { name: `${plural}.${GROUP}` },
    spec: {
      group: GROUP,
      scope: "Namespaced",
      names: { plural, kind },
      versions: [{ name: "v1", served: true, storage: true, subresources: { status: {} }, schema }],
    },
  });
  await cluster.kubectl(["wait", "--for=condition=Established", `crd/${plural}.${GROUP}`]);
  await cluster.kubectl(["get", "--raw", `/apis/${GROUP}/v1/${plural}`]);
}

async function custom(collection: string, kind: string, name: string) {
  return await cluster.request("POST", collection, { apiVersion: `${GROUP}/v1`, kind, metadata: { name } });
}

async function assertBack(): Promise<void> {
  const secret = await cluster.request("GET", `${DB}/secrets/pg-app`);
  assert.equal(Buffer.from(secret.data.password, "base64").toString(), PASSWORD);
  const { metadata } = await cluster.request("GET", `${CLUSTERS}/pg`);
  assert.deepEqual(
    secret.metadata.ownerReferences.map(({ uid }: { uid: string }) => uid),
    [metadata.uid],
  );
  assert.deepEqual(operator.made, []);
}

for (let round = 1; round <= ROUNDS; round += 1) {
  test(`by hand, round ${round}`, async () => {
    const result = await runProgram(["restore", "--yes"], { env });
    assert.equal(result.status, 0, result.stderr);
    await assertBack();
  });

  test(`by the gate, round ${round}`, async () => {
    const program = startProgram(["run"], { env });
    await program.saw(/"msg":"Restored backup_/);
    program.child.kill("SIGTERM");
    await program.ended;
    await assertBack();
  });
}
