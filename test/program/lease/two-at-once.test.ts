/**
 * Two loops and two restores at once, of which one is stopped for longer than its term, at a random moment, and woken:
 * nothing is torn, and what was deleted after the restore stays deleted. In every second round backups are encrypted and
 * signed.
 *
 * LEASE_SEED=N repeats a run, and SIZE=full makes it 50 rounds.
 */

import assert from "node:assert/strict";
import { cp } from "node:fs/promises";
import path from "node:path";
import process from "node:process";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { seededRandom } from "../../../bench/sample/random.ts";
import { exists, FLAG, loadApplication, RECORD, remove } from "../../support/cluster/cluster-contents.ts";
import type { ControlPlane } from "../../support/cluster/control-plane.ts";
import { withTestBed } from "../../support/cluster/test-bed.ts";
import { type RunningProgram, runProgram, startProgram } from "../../support/program/program.ts";
import { sealingKeys } from "../../support/samples/sealing-keys.ts";
import { otherFiles } from "../../support/samples/stored-files.ts";
import { until } from "../../support/until.ts";

const ROUNDS = process.env["SIZE"] === "full" ? 50 : 3;
const SEED = Number(process.env["LEASE_SEED"] ?? Math.floor(Math.random() * 1_000_000));
const TERM = 3_000;
/** A process is stopped within so many milliseconds of its start, in which all of its work falls. */
const LATEST_STOP = 4_000;

const LEASES = "/apis/coordination.k8s.io/v1/namespaces/kube-system/leases";
const RESTORE = `${LEASES}/kube-backup-restore`;
const SHOP = "/api/v1/namespaces/shop";
const PASSWORD = `${SHOP}/secrets/password`;

const LOST = /Cannot go on: .* the Lease kube-system\/kube-backup/;
/** How each of them may fail: the one that was stopped, and on a busy machine one that could not renew in time. */
const GOOD_ENDS = [LOST, /Cannot renew the Lease kube-system\/kube-backup/];

let cluster: ControlPlane;
let folder: string;
/** Settings and original backups of the two kinds of rounds. */
let kinds: Record<"plain" | "sealed", Kind>;

interface Kind {
  keys: Record<string, string>;
  folder: string;
  name: string;
}

withTestBed(async (bed) => {
  ({ cluster, folder } = bed);
  await loadApplication(cluster, "shop");
  kinds = { plain: await original("plain", {}), sealed: await original("sealed", await sealingKeys(folder)) };
});

async function original(kind: string, keys: Record<string, string>): Promise<Kind> {
  const store = path.join(folder, `original-${kind}`);
  const env = { KUBECONFIG: cluster.kubeconfig, S3TARGET: pathToFileURL(store).href, ...keys };
  const { status, stdout, stderr } = await runProgram(["backup", "-o", "json"], { env });
  assert.equal(status, 0, stderr);
  return { keys, folder: store, name: JSON.parse(stdout).name };
}

/** Stops a process after a while; it stays stopped, also where it has ended by itself before. */
async function stopAfter(program: RunningProgram, milliseconds: number): Promise<void> {
  await Promise.race([sleep(milliseconds), program.ended]);
  program.child.kill("SIGSTOP");
}

async function transitions(): Promise<number> {
  return await cluster.request("GET", RESTORE).then(
    ({ spec }) => spec.leaseTransitions,
    () => -1,
  );
}

test(`two loops and two restores, one of them stopped and woken, in ${ROUNDS} rounds`, async (t) => {
  t.diagnostic(`LEASE_SEED=${SEED}`);
  const random = seededRandom(SEED);
  const seen = { lostLoop: 0, lostRestore: 0, unharmed: 0 };
  for (let round = 1; round <= ROUNDS; round += 1) {
    const victim = Math.floor(random() * 4);
    const moment = random() * LATEST_STOP;
    const asleep = TERM * (1.2 + random());
    const kind = round % 2 === 0 ? "plain" : "sealed";
    const what = `LEASE_SEED=${SEED}, round ${round}, ${kind}: ${victim < 2 ? "run" : "restore"} ${victim} stopped after ${Math.round(moment)} ms for ${Math.round(asleep)} ms`;
    const end = await playRound(`round-${round}`, { victim, moment, asleep, what, ...kinds[kind] });
    seen[end] += 1;
  }
  t.diagnostic(JSON.stringify(seen));
});

interface Round {
  victim: number;
  moment: number;
  asleep: number;
  what: string;
}

async function playRound(
  name: string,
  { victim, moment, asleep, what, keys, folder: original, name: backup }: Round & Kind,
): Promise<"lostLoop" | "lostRestore" | "unharmed"> {
  await remove(cluster, SHOP);
  for (const each of [FLAG, RECORD, RESTORE, `${LEASES}/kube-backup`]) await remove(cluster, each);
  const store = path.join(folder, name);
  await cp(original, store, { recursive: true });
  const env = {
    KUBECONFIG: cluster.kubeconfig,
    S3TARGET: pathToFileURL(store).href,
    FREQUENCY: "1",
    MAXRESTOREAGE: "1000000",
    LEASE_TERM: `${TERM / 1000}s`,
    MAX_QPS: "40",
    ...keys,
  };
  const byHand = ["restore", backup, "--yes", "--no-flag", "--retry-lock", "10m"];
  const programs = [["run"], ["run"], byHand, byHand].map((args) => startProgram(args, { env }));
  const stopped = programs[victim] as RunningProgram;
  const others = programs.filter((each) => each !== stopped);
  try {
    await stopAfter(stopped, moment);
    const woken = sleep(asleep);
    for (const each of others.filter((each) => programs.indexOf(each) >= 2)) {
      const { status, stderr } = await each.ended;
      assert.equal(status, 0, `${what}\n${stderr}`);
    }
    const flagged = () => exists(cluster, FLAG);
    const kubelet = restartUntil(flagged, programs, { stopped, env });
    await until(`${what}: the flag is written`, flagged, { timeoutMs: 120_000 });
    await kubelet;
    await until(`${what}: the record is gone`, async () => !(await exists(cluster, RECORD)));
    const { annotations } = (await cluster.request("GET", FLAG)).metadata;
    assert.equal(annotations["kube-backup/reason"], "restored", what);
    assert.equal(annotations["kube-backup/backup"], backup, what);
    // Deleted on purpose, over a cluster that is done.
    const before = await transitions();
    await remove(cluster, PASSWORD);
    await woken;
    stopped.child.kill("SIGCONT");
    await sleep(1_500);
    if (victim >= 2) await stopped.ended;
    // A person's restore that only came to its turn now may bring it back: it holds the Lease for that.
    const later = victim >= 2 && (await transitions()) !== before;
    const back = await exists(cluster, PASSWORD);
    if (back) assert.ok(later, `${what}\n${stopped.output().stderr}`);
    assert.equal(await exists(cluster, RECORD), false, what);
    await assertAsInBackup({ env, backup, store }, back ? [] : ["Secret password"], what);
  } finally {
    for (const { child } of programs) {
      child.kill("SIGCONT");
      child.kill("SIGTERM");
    }
  }
  for (const { ended } of programs) {
    const { status, stderr } = await ended;
    const error = stderr.split("\n").find((line) => /"exitStatus":1/.test(line)) ?? "";
    if (status !== 0)
      assert.ok(
        GOOD_ENDS.some((good) => good.test(error)),
        `${what}\n${stderr}`,
      );
    assert.ok(status === 0 || status === 1, `${what}: ${status}\n${stderr}`);
  }
  if (!LOST.test(stopped.output().stderr)) return "unharmed";
  return victim < 2 ? "lostLoop" : "lostRestore";
}

/** Starts a loop again that has failed, as the kubelet does: on a busy machine one may not renew its Lease in time. */
async function restartUntil(
  done: () => Promise<boolean>,
  programs: RunningProgram[],
  { stopped, env }: { stopped: RunningProgram; env: Record<string, string> },
): Promise<void> {
  let loops = programs.slice(0, 2).filter((each) => each !== stopped);
  const end = performance.now() + 120_000;
  while (performance.now() < end && !(await done())) {
    const failed = loops.filter(({ child }) => child.exitCode !== null);
    if (failed.length === loops.length && loops.length > 0) {
      loops = [startProgram(["run"], { env })];
      programs.push(...loops);
    }
    await sleep(200);
  }
}

/** Whether each object is there once and as the backup has it, but for those that were deleted; and no backup is torn. */
async function assertAsInBackup(
  { env, backup, store }: { env: Record<string, string>; backup: string; store: string },
  missing: readonly string[],
  what: string,
): Promise<void> {
  const compared = await runProgram(["diff", backup, "-n", "shop", "-o", "json"], { env });
  const { items: differing } = JSON.parse(compared.stdout) as { items: { kind: string; name: string }[] };
  assert.deepEqual(
    differing.map(({ kind, name }) => `${kind} ${name}`),
    missing,
    `${what}\n${compared.stdout}`,
  );
  const { items } = await cluster.request("GET", "/apis/apps/v1/namespaces/shop/replicasets");
  assert.equal(items.length, 1, what);
  const verified = await runProgram(["verify", "--all"], { env });
  assert.equal(verified.status, 0, `${what}\n${verified.stdout}${verified.stderr}`);
  assert.deepEqual(await otherFiles(store), [], `${what}: nothing partial is left`);
}
