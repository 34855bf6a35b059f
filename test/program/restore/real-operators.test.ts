/**
 * Operators that run while what they own is lost and restored: what comes back is the backup's, belongs to its owner
 * again, and the operator is content.
 */

import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import process from "node:process";
import { after, before, describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { remove } from "../../support/cluster/cluster-contents.ts";
import { type ControlPlane, startControlPlane } from "../../support/cluster/control-plane.ts";
import { waitUntilEstablished } from "../../support/cluster/established.ts";
import { startArgoRollouts } from "../../support/operators/argo-rollouts.ts";
import { seal, startSealedSecrets, whyNoSealedSecrets } from "../../support/operators/sealed-secrets.ts";
import type { ServerProcess } from "../../support/processes/server-process.ts";
import { runProgram } from "../../support/program/program.ts";
import { downloadModules, readManifests } from "../../support/samples/more-applications/download.ts";
import { applyManifests } from "../../support/samples/more-applications/load.ts";
import { APPLICATIONS } from "../../support/samples/more-applications/modules.ts";
import { until } from "../../support/until.ts";

/** How often each is lost and restored. */
const ROUNDS = process.env["SIZE"] === "full" ? 20 : 2;

/** How long an operator is watched after a restore: what it is to do wrong, it does by then; in ms. */
const AFTERMATH = 1500;

const NAMESPACE = "shop";
const SECRETS = `/api/v1/namespaces/${NAMESPACE}/secrets`;
const SEALED = `/apis/bitnami.com/v1alpha1/namespaces/${NAMESPACE}/sealedsecrets`;
const ROLLOUT = `/apis/argoproj.io/v1alpha1/namespaces/${NAMESPACE}/rollouts/web`;
const REPLICA_SETS = `/apis/apps/v1/namespaces/${NAMESPACE}/replicasets`;

let cluster: ControlPlane;
let folder: string;
const operators: ServerProcess[] = [];

before(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "kube-backup-operators-"));
  cluster = await startControlPlane();
  await install("sealed-secrets", ["helm/sealed-secrets/crds"]);
  await install("argo-rollouts", ["manifests/crds"]);
  await waitUntilEstablished(cluster);
});

after(async () => {
  await Promise.all(operators.map((operator) => operator.stop(0)));
  await cluster?.stop();
  await rm(folder, { recursive: true, force: true });
});

async function install(name: string, manifests: readonly string[]): Promise<void> {
  const application = APPLICATIONS.find((one) => one.name === name);
  assert.ok(application);
  const folders = await downloadModules([application]);
  await applyManifests(cluster, await readManifests({ ...application, manifests }, folders));
}

async function run(args: string[]): Promise<void> {
  const env = { KUBECONFIG: cluster.kubeconfig, S3TARGET: `file://${folder}` };
  const { status, stderr } = await runProgram(args, { env });
  assert.equal(status, 0, stderr);
}

async function create(list: string, object: object): Promise<void> {
  await cluster.request("POST", list, object);
}

interface Live {
  metadata: {
    name: string;
    uid: string;
    generation: number;
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
    ownerReferences?: { kind: string; name: string; uid: string; controller?: boolean }[];
    managedFields: { manager: string }[];
  };
  data?: Record<string, string>;
  // biome-ignore lint/suspicious/noExplicitAny: of several kinds.
  status?: any;
}

/** Backs up, loses the namespace and restores it. Returns what happened to the objects of a list meanwhile. */
async function loseAndRestore(list: string): Promise<{ type: string; object: Live }[]> {
  await run(["backup", "--kinds", "all"]);
  await remove(cluster, `/api/v1/namespaces/${NAMESPACE}`);
  const { resourceVersion } = (await cluster.request("GET", list)).metadata;
  await run(["restore", "--yes"]);
  await sleep(AFTERMATH);
  const watch = await cluster.request(
    "GET",
    `${list}?watch=1&resourceVersion=${resourceVersion}&timeoutSeconds=1`,
  );
  // One event alone is parsed already.
  if (typeof watch !== "string") return [watch];
  return watch
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line));
}

/** What of an object a restore is to bring back. */
function essence({ metadata: { name, labels, annotations, ownerReferences }, data }: Live) {
  const owners = ownerReferences?.map(({ uid: _, ...owner }) => owner);
  return { name, labels, annotations, owners, data };
}

/** Who owns an object, by uid. */
function ownerUid({ metadata }: Live): string | undefined {
  return metadata.ownerReferences?.find(({ controller }) => controller)?.uid;
}

describe("sealed-secrets at work", { skip: whyNoSealedSecrets() }, () => {
  const synced = async (name: string) => {
    const { metadata, status } = (await cluster.request("GET", `${SEALED}/${name}`)) as Live;
    const condition = status?.conditions?.find(({ type }: { type: string }) => type === "Synced");
    return { uid: metadata.uid, status: condition?.status, message: condition?.message };
  };

  before(async () => {
    operators.push(await startSealedSecrets(cluster));
    await cluster.kubectl(["create", "namespace", NAMESPACE]);
    // Of this one the operator makes all; the other is there before, and only a part of it is sealed.
    const annotations = {
      "sealedsecrets.bitnami.com/managed": "true",
      "sealedsecrets.bitnami.com/patch": "true",
    };
    await create(SECRETS, {
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: "part", annotations },
      data: { unsealed: "b3VycyBhbG9uZQ==" },
    });
    for (const name of ["whole", "part"]) {
      const password = await seal(cluster, { namespace: NAMESPACE, name, value: `the password of ${name}` });
      const template = { metadata: { labels: { sealed: "yes" }, ...(name === "part" && { annotations }) } };
      await create(SEALED, {
        apiVersion: "bitnami.com/v1alpha1",
        kind: "SealedSecret",
        metadata: { name },
        spec: { encryptedData: { password }, template },
      });
      await until(`${name} is unsealed`, async () => (await synced(name)).status === "True");
    }
  });
  after(() => remove(cluster, `/api/v1/namespaces/${NAMESPACE}`));

  it(`finds its Secrets again, ${ROUNDS} times`, async (test) => {
    const secrets = async (): Promise<Live[]> =>
      (await cluster.request("GET", SECRETS)).items.map(
        ({ type: _, ...secret }: Live & { type: string }) => secret,
      );
    for (let round = 1; round <= ROUNDS; round += 1) {
      const before = (await secrets()).map(essence);
      const events = await loseAndRestore(SECRETS);
      const now = await secrets();
      assert.deepEqual(now.map(essence), before, `round ${round}`);
      const came = events
        .filter(({ type }) => type !== "MODIFIED")
        .map(({ type, object }) => `${type} ${object.metadata.name}`);
      assert.deepEqual(came.sort(), ["ADDED part", "ADDED whole"], `round ${round}`);
      for (const secret of now) {
        const { uid, status, message } = await synced(secret.metadata.name);
        assert.equal(ownerUid(secret), uid, `round ${round}: ${secret.metadata.name}`);
        assert.equal(status, "True", `round ${round}: ${secret.metadata.name}: ${message}`);
      }
    }
    const log = (await operators[0]?.lastOutput(1_000_000)) ?? "";
    test.diagnostic(`it tried again ${log.split("Error updating, will retry").length - 1} times`);
    assert.doesNotMatch(log, /giving up/);
  });
});

describe("Argo Rollouts at work", () => {
  const rollout = async (): Promise<Live> => await cluster.request("GET", ROLLOUT);
  const template = (image: string) => ({
    metadata: { labels: { app: "web" } },
    spec: { containers: [{ name: "web", image }] },
  });
  const healthy = async (revision: string) => {
    const { metadata, status } = await rollout();
    return (
      // The number of the revision is written before the status.
      status?.observedGeneration === String(metadata.generation) &&
      metadata.annotations?.["rollout.argoproj.io/revision"] === revision &&
      status.phase === "Healthy" &&
      status.stableRS === status.currentPodHash
    );
  };

  before(async () => {
    operators.push(await startArgoRollouts(cluster));
    await cluster.kubectl(["create", "namespace", NAMESPACE]);
    await create(path.dirname(ROLLOUT), {
      apiVersion: "argoproj.io/v1alpha1",
      kind: "Rollout",
      metadata: { name: "web" },
      spec: {
        // There are no nodes: nothing would be available.
        replicas: 0,
        selector: { matchLabels: { app: "web" } },
        strategy: { canary: {} },
        template: template("web:1"),
      },
    });
    await until("the first revision is healthy", () => healthy("1"));
    for (const revision of ["2", "3"]) {
      await cluster.request("PATCH", ROLLOUT, { spec: { template: template(`web:${revision}`) } });
      await until(`revision ${revision} is healthy`, () => healthy(revision));
    }
  });

  it(`finds its ReplicaSets again, ${ROUNDS} times`, async () => {
    const replicaSets = async (): Promise<Live[]> => (await cluster.request("GET", REPLICA_SETS)).items;
    for (let round = 1; round <= ROUNDS; round += 1) {
      const before = (await replicaSets()).map(essence);
      assert.equal(before.length, 3);
      const { stableRS } = (await rollout()).status;
      const events = await loseAndRestore(REPLICA_SETS);
      await until(`round ${round}: the rollout is healthy`, () => healthy("3"));
      const now = await replicaSets();
      assert.deepEqual(now.map(essence), before, `round ${round}`);
      const came = events
        .filter(({ type }) => type !== "MODIFIED")
        .map(({ type, object }) => `${type} ${object.metadata.name}`);
      assert.deepEqual(came.sort(), before.map(({ name }) => `ADDED ${name}`).sort(), `round ${round}`);
      const { metadata, status } = await rollout();
      assert.deepEqual(
        now.map(ownerUid),
        before.map(() => metadata.uid),
        `round ${round}`,
      );
      assert.equal(status.stableRS, stableRS, `round ${round}`);
    }
  });
});
