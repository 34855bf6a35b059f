/**
 * A restore can be killed anywhere and run again: the flag is absent until the end, and the end is the same. In turn from a
 * backup in plain, and from one that is encrypted and signed.
 * KILLS_SEED=N chooses other moments; KILLS=N makes it N kills, SIZE=full 20.
 */

import assert from "node:assert/strict";
import path from "node:path";
import process from "node:process";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { seededRandom } from "../../../bench/sample/random.ts";
import { exists, FLAG, RECORD, remove } from "../../support/cluster/cluster-contents.ts";
import type { ControlPlane } from "../../support/cluster/control-plane.ts";
import { withTestBed } from "../../support/cluster/test-bed.ts";
import { clusterContents, unzipNewest } from "../../support/program/archive-contents.ts";
import { type RunningProgram, runProgram, startProgram } from "../../support/program/program.ts";
import { loadRoundTripFixtures, waitUntilAtRest } from "../../support/samples/round-trip/load.ts";
import { sealingKeys } from "../../support/samples/sealing-keys.ts";

const KILLS = Number(process.env["KILLS"] ?? (process.env["SIZE"] === "full" ? 20 : 5));
const random = seededRandom(Number(process.env["KILLS_SEED"] ?? 1));

let cluster: ControlPlane;
let folder: string;
let namespaces: readonly string[];
let original: Record<string, string>;
/** Settings with which backups are encrypted and signed. */
let sealed: Record<string, string>;

withTestBed(async (bed) => {
  ({ cluster, folder } = bed);
  sealed = await sealingKeys(folder);
  ({ namespaces } = await loadRoundTripFixtures(cluster));
  await take("original-sealed", sealed);
  original = await backUp("original");
});

/** Takes a backup into a folder. */
async function take(store: string, more: Record<string, string> = {}): Promise<string> {
  const target = path.join(folder, store);
  const result = await runProgram(["backup"], {
    env: { KUBECONFIG: cluster.kubeconfig, S3TARGET: `file://${target}`, ...more },
  });
  assert.equal(result.status, 0, result.stderr);
  return target;
}

async function backUp(store: string): Promise<Record<string, string>> {
  return clusterContents(await unzipNewest(await take(store)));
}

async function destroy(): Promise<void> {
  await Promise.all([
    ...namespaces.map((name) => remove(cluster, `/api/v1/namespaces/${name}`)),
    remove(cluster, FLAG),
  ]);
  await remove(cluster, RECORD);
}

/** Runs the gate's restore and kills it after a while. Returns whether it had ended by then. */
async function runAndKill(env: Record<string, string>, milliseconds: number): Promise<boolean> {
  const program = startProgram(["run"], { env });
  await program.saw(/"msg":"(Restoring|Going on with the restore)"/);
  await sleep(milliseconds);
  // Nothing may have happened between the look and the kill: the flag is looked at after it.
  program.child.kill("SIGKILL");
  const { stderr } = await program.ended;
  return /Restored backup_/.test(stderr);
}

/** Starts it, stops it as Kubernetes would once something has been seen, and returns what that gave. */
async function runUntil<T>(
  env: Record<string, string>,
  seen: (program: RunningProgram) => Promise<T>,
): Promise<T> {
  const program = startProgram(["run"], { env });
  try {
    return await seen(program);
  } finally {
    program.child.kill("SIGTERM");
    await program.ended;
  }
}

/** Runs the gate's restore to its end; returns how long that took, in milliseconds. */
async function runToEnd(env: Record<string, string>): Promise<number> {
  return await runUntil(env, async (program) => {
    await program.saw(/"msg":"(Restoring|Going on with the restore)"/);
    const started = performance.now();
    await program.saw(/Restored backup_/);
    return performance.now() - started;
  });
}

/** What Kubernetes does after a kill: starts it again, until the gate is passed. */
async function restart(env: Record<string, string>): Promise<void> {
  await runUntil(env, (program) => program.saw(/Restored backup_|No restore: /));
}

test(`a restore killed at ${KILLS} moments and started again ends as if it had not been`, async (t) => {
  const envOf = (store: string) => ({
    ...{ KUBECONFIG: cluster.kubeconfig, S3TARGET: `file://${path.join(folder, store)}` },
    ...{ FREQUENCY: "1000000", MAXRESTOREAGE: "1000000" },
  });
  const plain = envOf("original");
  const envs = [plain, { ...envOf("original-sealed"), ...sealed }];
  await destroy();
  const whole = await runToEnd(plain);
  t.diagnostic(`the restore takes ${Math.round(whole)} ms`);

  const moments: number[] = [];
  const killed = new Map(envs.map((env) => [env, 0]));
  for (let round = 1; moments.length < KILLS; round += 1) {
    const env = envs[round % envs.length] ?? plain;
    await destroy();
    // Two in a row: the second falls into a restore that goes on.
    for (const share of [random(), random()]) {
      const moment = share * whole;
      const ended = await runAndKill(env, moment);
      const flagged = await exists(cluster, FLAG);
      if (ended || flagged) break;
      assert.equal(await exists(cluster, RECORD), true, "the restore is on record");
      moments.push(Math.round(moment));
      killed.set(env, (killed.get(env) ?? 0) + 1);
    }
    // With the flag written the record may be there still: the kill fell between the two.
    await restart(env);
    assert.equal(await exists(cluster, FLAG), true, "the restore has ended");
    assert.equal(await exists(cluster, RECORD), false, "the record of the restore is gone");
    await waitUntilAtRest(cluster, namespaces);
    assert.deepEqual(await backUp(`after-${moments.length}-${Date.now()}`), original);
  }
  const [ofPlain, ofSealed] = killed.values();
  t.diagnostic(
    `killed after ${moments.join(", ")} ms: ${ofPlain} in plain, ${ofSealed} encrypted and signed`,
  );
});
