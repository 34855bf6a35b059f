/** After a restore applications run as they did, and controllers find everything as they left it. */

import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, suite, type TestContext, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { ControlPlane } from "../../support/cluster/control-plane.ts";
import { type Node, startNode } from "../../support/node/node.ts";
import { whyNoNode } from "../../support/node/requirements.ts";
import { runProgram } from "../../support/program/program.ts";
import { stepsOf } from "../story/steps.ts";
import { checkWebhook, provokeCollector, rolloutHistory, undo } from "./checks.ts";
import { readUids } from "./live.ts";
import { loadApplications, removeApplications } from "./load.ts";
import { waitUntilSettled } from "./settled.ts";
import { type ApplicationState, readState } from "./state.ts";

/** Longer than a controller puts off what it has to do. */
const QUIET_MS = 10_000;

/** What of a command's document the test looks at. */
interface Document {
  summary: Record<string, number>;
  failures: object[];
  items: { outcome: string }[];
}

const skip = whyNoNode();
let folder: string;
let first: Node;
let second: Node;
let original: ApplicationState;
let history: string;

before(async () => {
  if (skip !== false) return;
  folder = await mkdtemp(path.join(tmpdir(), "kube-backup-applications-"));
  const options = {
    imageKeys: ["pause", "node"] as const,
    controllerManagerArgs: ["--horizontal-pod-autoscaler-sync-period=2s"],
  };
  first = await startNode(options);
  [second] = await Promise.all([startNode(options), loadApplications(first.cluster, folder)]);
  original = await readState(first.cluster);
  history = await rolloutHistory(first.cluster);
  await run(first.cluster, ["backup"]);
  await removeApplications(first.cluster);
});

after(async () => {
  await Promise.all([first?.stop(), second?.stop()]);
  if (folder !== undefined) await rm(folder, { recursive: true, force: true });
});

suite("applications run after a restore as before", { skip, concurrency: 2 }, () => {
  test("in the cluster of the backup, where they were lost", (t) => playRestore(t, first.cluster));
  test("in another cluster, a new and empty one", (t) => playRestore(t, second.cluster));
});

async function playRestore(t: TestContext, cluster: ControlPlane): Promise<void> {
  const { step, report } = stepsOf(t);
  let uids = new Map<string, string>();
  let state: ApplicationState | undefined;
  await t.test(
    "the restore succeeds, with a webhook in it that refuses everything until it is up",
    async () => {
      const { failures, summary } = await run(cluster, ["restore", "latest", "--yes", "--output=json"]);
      assert.deepEqual(failures, []);
      t.diagnostic(JSON.stringify(summary));
    },
  );
  await step("all pods become ready, and all workloads complete", async () => {
    await waitUntilSettled(cluster);
    uids = await readUids(cluster);
    state = await readState(cluster);
  });
  await compareStates(t, state ?? (await readState(cluster)));
  await t.test("rollouts have the history that they had", async () => {
    assert.equal(await rolloutHistory(cluster), history);
  });
  await step("the webhook judges again", () => checkWebhook(cluster));
  await step("the garbage collector takes nothing, and no controller starts anything anew", async () => {
    await provokeCollector(cluster);
    await sleep(QUIET_MS);
    await waitUntilSettled(cluster);
    assert.deepEqual(await readUids(cluster), uids);
    assert.deepEqual(await readState(cluster), state);
  });
  await t.test("nothing differs from the backup", async () => {
    const { items } = await run(cluster, ["diff", "--output=json"]);
    assert.deepEqual(items, []);
  });
  await t.test("another restore finds everything there", async () => {
    const { items, summary } = await run(cluster, ["restore", "latest", "--yes", "--output=json"]);
    const changed = items.filter(({ outcome }) => outcome !== "unchanged");
    assert.deepEqual(changed, [], JSON.stringify(summary));
  });
  const skipped = state === undefined && "it never came to rest";
  for (const [workload, version] of [
    ["deployment/web", "2"],
    ["statefulset/db", "1"],
    ["daemonset/agent", "1"],
  ] as const) {
    const title = `${workload} goes back to its last version`;
    await t.test(title, { skip: skipped }, () => undo(cluster, workload, version));
  }
  report();
}

/** Each part by itself, so that a failure says which one is not as it was. */
async function compareStates(t: TestContext, state: ApplicationState): Promise<void> {
  const titles: Record<keyof ApplicationState, string> = {
    revisions: "no workload rolls again: its revisions are those that it had",
    pods: "there are as many pods as there were, with the Secrets to pull images with",
    jobs: "Jobs that were not finished run once, and no others",
    claims: "claims are bound to the volumes that they had",
    volumes: "volumes are kept for the claims that they had",
    accounts: "ServiceAccounts pull images with the Secrets that they had",
    watchers: "autoscalers and disruption budgets see what they watch",
    owners: "what had owners has them, by uids that are there",
  };
  for (const [part, title] of Object.entries(titles) as [keyof ApplicationState, string][]) {
    await t.test(title, () => assert.deepEqual(state[part], original[part]));
  }
}

/** Runs the program, which is to know by its status what its document says, and returns the document. */
async function run(cluster: ControlPlane, args: readonly string[]): Promise<Document> {
  const env = { KUBECONFIG: cluster.kubeconfig, S3TARGET: `file://${folder}/store`, KINDS: "all" };
  const { status, stdout, stderr } = await runProgram(args, { env });
  const none = { summary: {}, failures: [], items: [] };
  const document: Document = { ...none, ...(stdout.startsWith("{") ? JSON.parse(stdout) : {}) };
  const complaints = args[0] === "diff" ? document.items : document.failures;
  assert.equal(status === 0, complaints.length === 0, `${args.join(" ")} ended with ${status}\n${stderr}`);
  return document;
}
