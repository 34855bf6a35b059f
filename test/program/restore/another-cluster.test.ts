/** A backup that another cluster made. */

import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, beforeEach, test } from "node:test";
import { exists, FLAG, loadApplication, RECORD, remove } from "../../support/cluster/cluster-contents.ts";
import { type ControlPlane, startControlPlane } from "../../support/cluster/control-plane.ts";
import { type RunningProgram, runProgram, startProgram } from "../../support/program/program.ts";

const SHOP = "/api/v1/namespaces/shop";

let lost: ControlPlane;
let here: ControlPlane;
let folder: string;

before(async () => {
  [lost, here] = await Promise.all([startControlPlane(), startControlPlane()]);
  folder = await mkdtemp(path.join(tmpdir(), "kube-backup-another-"));
  await loadApplication(lost, "shop");
  const taken = await runProgram(["backup"], { env: environment({ KUBECONFIG: lost.kubeconfig }) });
  assert.equal(taken.status, 0, taken.stderr);
});

after(async () => {
  await Promise.all([lost?.stop(), here?.stop()]);
  await rm(folder, { recursive: true, force: true });
});

beforeEach(async () => {
  const running = "/api/v1/namespaces/running";
  await Promise.all([remove(here, SHOP), remove(here, running), remove(here, FLAG), remove(here, RECORD)]);
});

function environment(more: Record<string, string> = {}): Record<string, string> {
  return {
    KUBECONFIG: here.kubeconfig,
    S3TARGET: `file://${folder}/store`,
    FREQUENCY: "60",
    MAXRESTOREAGE: "60",
    ...more,
  };
}

async function stop(program: RunningProgram): Promise<string> {
  program.child.kill("SIGTERM");
  const { status, stderr } = await program.ended;
  assert.equal(status, 0, stderr);
  return stderr;
}

test("it is restored into an empty cluster without a word, also with RESTORE_INTO_EMPTY_ONLY", async () => {
  const program = startProgram(["run"], { env: environment({ RESTORE_INTO_EMPTY_ONLY: "true" }) });
  await program.saw(/Restored backup_/);
  assert.doesNotMatch(await stop(program), /"level":"warn"/);
  assert.equal(await exists(here, `${SHOP}/configmaps/settings`), true);
});

test("it is restored with a warning into a cluster that runs things", async () => {
  await loadApplication(here, "running");
  const program = startProgram(["run"], { env: environment() });
  await program.saw(/Restored backup_/);
  assert.match(
    await stop(program),
    /"level":"warn".*was made by another cluster .* already runs ReplicaSet running\/web-/,
  );
});

test("it is refused there with RESTORE_INTO_EMPTY_ONLY, by the gate and by hand", async () => {
  await loadApplication(here, "running");
  for (const args of [["run"], ["restore", "--yes"], ["restore", "--yes", "--restore-into-empty-only"]]) {
    const env = environment(args.length === 3 ? {} : { RESTORE_INTO_EMPTY_ONLY: "true" });
    const result = await runProgram(args, { env });
    assert.equal(result.status, 1, result.stderr);
    assert.match(result.stderr, /Cannot restore: backup_\w+ was made by another cluster/);
    assert.equal(await exists(here, SHOP), false);
    assert.equal(await exists(here, FLAG), false);
  }
});
