/** The round trip on each Kubernetes that is supported, and from the oldest to the newest and back. */

import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import process from "node:process";
import { after, before, describe, it } from "node:test";
import { FLAG, remove } from "../../support/cluster/cluster-contents.ts";
import { type ControlPlane, startControlPlane } from "../../support/cluster/control-plane.ts";
import { clusterContents, unzipNewest } from "../../support/program/archive-contents.ts";
import { runProgram } from "../../support/program/program.ts";
import { loadEveryKind, removeEveryKind, waitUntilQuiet } from "../../support/samples/every-kind/load.ts";
import { loadRoundTripFixtures, waitUntilAtRest } from "../../support/samples/round-trip/load.ts";

/**
 * 1.36 itself is what all other tests run on. The oldest is always tried; those between, each of which takes
 * minutes to build, where they are named: KUBERNETES_VERSIONS=1.34,1.35.
 */
const VERSIONS = (process.env["KUBERNETES_VERSIONS"] ?? "1.34").split(",");
const NEWEST = "1.36";

let folder: string;
const clusters = new Map<string, ControlPlane>();
let namespaces: readonly string[];

before(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "kube-backup-versions-"));
});

after(async () => {
  await Promise.all([...clusters.values()].map((cluster) => cluster.stop()));
  await rm(folder, { recursive: true, force: true });
});

async function run(args: string[], store: string, version: string) {
  const kubeconfig = clusters.get(version)?.kubeconfig ?? "";
  const env = { KUBECONFIG: kubeconfig, S3TARGET: `file://${path.join(folder, store)}` };
  const result = await runProgram([...args, "-o", "json"], { env });
  assert.equal(result.status, 0, `${result.stderr}${result.stdout}`);
  return JSON.parse(result.stdout);
}

async function backUp(store: string, version: string): Promise<Record<string, string>> {
  const { missing } = await run(["backup", "--kinds", "all"], store, version);
  assert.deepEqual(missing, []);
  return clusterContents(await unzipNewest(path.join(folder, store)));
}

async function destroy(version: string): Promise<void> {
  const cluster = clusters.get(version) as ControlPlane;
  await removeEveryKind(cluster);
  await Promise.all([
    ...namespaces.map((name) => remove(cluster, `/api/v1/namespaces/${name}`)),
    remove(cluster, FLAG),
  ]);
}

async function settle(version: string): Promise<void> {
  const cluster = clusters.get(version) as ControlPlane;
  await waitUntilAtRest(cluster, namespaces);
  await waitUntilQuiet(cluster);
}

describe("Kubernetes", () => {
  for (const version of VERSIONS) {
    it(`${version}: what comes back equals what was there`, async (t) => {
      const cluster = await startControlPlane({ kubernetesVersion: version });
      clusters.set(version, cluster);
      ({ namespaces } = await loadRoundTripFixtures(cluster));
      t.diagnostic(`not served: ${(await loadEveryKind(cluster)).join(", ") || "nothing"}`);
      const original = await backUp(version, version);
      await destroy(version);
      const { failures } = await run(["restore", "--yes", "--restore-status"], version, version);
      assert.deepEqual(failures, []);
      await settle(version);
      assert.deepEqual(await backUp(`${version}-again`, version), original);
    });
  }

  const [oldest = ""] = VERSIONS;
  it(`${oldest} onto ${NEWEST}, and back`, async () => {
    clusters.set(NEWEST, await startControlPlane({ kubernetesVersion: NEWEST }));
    const original = clusterContents(await unzipNewest(path.join(folder, oldest)));
    const there = await run(["restore", "--yes", "--restore-status"], oldest, NEWEST);
    assert.deepEqual(there.failures, []);
    await settle(NEWEST);
    const onNewest = await backUp("onto-newest", NEWEST);
    assert.deepEqual(onNewest, original);

    await destroy(oldest);
    const back = await run(["restore", "--yes", "--restore-status"], "onto-newest", oldest);
    assert.deepEqual(back.failures, []);
    await settle(oldest);
    assert.deepEqual(await backUp("back", oldest), original);
  });
});
