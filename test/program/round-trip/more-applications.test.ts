/** Operators, policies, meshes, storage, scaling and CI, as their authors publish them, come back. */

import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, describe, it } from "node:test";
import { type ControlPlane, startControlPlane } from "../../support/cluster/control-plane.ts";
import { runProgram } from "../../support/program/program.ts";
import { liveObjects, titleOf, waitUntilQuiet } from "../../support/samples/applications/live.ts";
import { removeApplications } from "../../support/samples/applications/remove.ts";
import { kubectlState } from "../../support/samples/more-applications/kubectl-state.ts";
import { loadMoreApplications } from "../../support/samples/more-applications/load.ts";
import { APPLICATIONS } from "../../support/samples/more-applications/modules.ts";

let cluster: ControlPlane;
let other: ControlPlane;
let folder: string;
/** What an empty cluster has, as titles of both readers. */
let emptyLive: ReadonlySet<string>;
let empty: ReadonlySet<string>;
let original: ReadonlyMap<string, string>;

before(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "kube-backup-applications-"));
  [cluster, other] = await Promise.all([startControlPlane(), startControlPlane()]);
  emptyLive = new Set((await liveObjects(cluster)).map(titleOf));
  empty = new Set((await kubectlState(cluster)).keys());
  await loadMoreApplications(cluster);
  original = await kubectlState(cluster, empty);
  const { status, stderr, json } = await run(cluster, ["backup", "--kinds", "all"]);
  assert.equal(status, 0, stderr);
  assert.deepEqual(json.missing ?? [], []);
});

after(async () => {
  await Promise.all([cluster?.stop(), other?.stop()]);
  await rm(folder, { recursive: true, force: true });
});

async function run(of: ControlPlane, args: string[]) {
  const env = { KUBECONFIG: of.kubeconfig, S3TARGET: `file://${folder}` };
  const result = await runProgram([...args, "-o", "json"], { env });
  return { ...result, json: JSON.parse(result.stdout) };
}

/** Restores, and compares what kubectl shows with what it showed before; then the program compares. */
async function comesBack(into: ControlPlane): Promise<void> {
  const { status, json, stderr } = await run(into, ["restore", "--yes", "--restore-status"]);
  assert.equal(status, 0, `${stderr}${JSON.stringify(json.failures)}`);
  await waitUntilQuiet(into);
  const now = await kubectlState(into, empty);
  const diff = await run(into, ["diff"]);
  assert.deepEqual(
    {
      missing: [...original.keys()].filter((title) => !now.has(title)),
      added: [...now.keys()].filter((title) => !original.has(title)),
      different: [...original].flatMap(([title, text]) => differences(title, text, now.get(title) ?? text)),
      diff: diff.status,
    },
    { missing: [], added: [], different: [], diff: 0 },
    diff.status === 0 ? undefined : diff.stdout,
  );
}

/** The lines that one of two texts has, and the other has not. */
function differences(title: string, before: string, after: string): string[] {
  const [old, now] = [before.split("\n"), after.split("\n")];
  return [
    ...old.filter((line) => !now.includes(line)).map((line) => `${title}: - ${line.trim()}`),
    ...now.filter((line) => !old.includes(line)).map((line) => `${title}: + ${line.trim()}`),
  ];
}

describe(`${APPLICATIONS.length} more applications come back`, { concurrency: 2 }, () => {
  it("in an empty new cluster", () => comesBack(other));

  it("in the cluster that they were in, when all of them is gone", async () => {
    await removeApplications(cluster, emptyLive);
    await comesBack(cluster);
  });
});
