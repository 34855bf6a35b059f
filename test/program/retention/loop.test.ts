/** The loop prunes after each backup that it has stored, and nothing that comes of it disturbs it. */

import assert from "node:assert/strict";
import { mkdir, mkdtemp, readdir, utimes, writeFile } from "node:fs/promises";
import path from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { Manifest } from "../../../src/archive/format/manifest.ts";
import { backupLoop, type LoopOptions } from "../../../src/backup/loop.ts";
import { Health } from "../../../src/health/health.ts";
import { backupName } from "../../../src/store/contract/backup-name.ts";
import { openStore } from "../../../src/store/open-store.ts";
import { createLog } from "../../../src/terminal/log/log.ts";
import type { ControlPlane } from "../../support/cluster/control-plane.ts";
import { withTestBed } from "../../support/cluster/test-bed.ts";
import { startProgram } from "../../support/program/program.ts";
import { hoursAgo, putBackup } from "../../support/samples/sample-backups.ts";
import { noteText } from "../../support/samples/sample-notes.ts";
import { backupFiles } from "../../support/samples/stored-files.ts";

let cluster: ControlPlane;
let folder: string;
/** Rules hold for the backups of one cluster. */
let clusterId: string;

withTestBed(async (bed) => {
  ({ cluster, folder } = bed);
  await cluster.request("POST", "/api/v1/namespaces", { metadata: { name: "backuprestore-donotuse" } });
  clusterId = (await cluster.request("GET", "/api/v1/namespaces/kube-system")).metadata.uid;
});

async function names(target: string): Promise<string[]> {
  return (await backupFiles(target)).map((file) => file.replace(/\.zip$/, ""));
}

/** Runs the program until its standard error matches, and ends it. */
async function runUntil(target: string, pattern: RegExp): Promise<string> {
  const env = {
    KUBECONFIG: cluster.kubeconfig,
    S3TARGET: `file://${target}`,
    FREQUENCY: "1",
    MAXRESTOREAGE: "60",
    KEEP_LAST: "2",
    PRUNE_MIN_AGE: "0",
  };
  const program = startProgram(["run"], { env });
  try {
    await program.saw(pattern);
  } finally {
    program.child.kill("SIGTERM");
  }
  const { status, stderr } = await program.ended;
  assert.equal(status, 0, stderr);
  return stderr;
}

function logged(stderr: string, message: RegExp): Record<string, unknown> {
  const lines = stderr
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  return lines.find(({ msg }) => message.test(msg)) ?? assert.fail(`not logged: ${message}`);
}

test("run removes what no rule keeps, and tells its names", async () => {
  const target = await mkdtemp(path.join(folder, "run-"));
  const old = [];
  for (const hours of [9, 8, 7]) old.push(await putBackup(target, hoursAgo(hours), 2, { clusterId }));
  const stderr = await runUntil(target, /"msg":"Backups removed"/);
  const { level, removed, kept, backups } = logged(stderr, /^Backups removed$/);
  assert.deepEqual(
    { level, removed, kept, backups },
    { level: "info", removed: 2, kept: 2, backups: old.slice(0, 2) },
  );
  const left = await names(target);
  assert.deepEqual([left.length, left[0]], [2, old[2]]);
});

test("run removes nothing and warns while the newest holds less than half of the one before it", async () => {
  const target = await mkdtemp(path.join(folder, "guard-"));
  const old = [];
  for (const hours of [9, 8, 7]) old.push(await putBackup(target, hoursAgo(hours), 1000, { clusterId }));
  const stderr = await runUntil(target, /NOTHING IS REMOVED/);
  const { level, notRemoved } = logged(stderr, /less than half of the 1000 in backup_/);
  assert.deepEqual({ level, notRemoved }, { level: "warn", notRemoved: 2 });
  assert.deepEqual((await names(target)).slice(0, 3), old);
});

test("run removes notes and reports that are older than KEEP_REPORTS, after the backups", async () => {
  const target = await mkdtemp(path.join(folder, "records-"));
  await putBackup(target, hoursAgo(9), 2, { clusterId });
  const days = [800, 700, 300];
  for (const [index, each] of days.entries()) {
    const time = hoursAgo(each * 24);
    for (const [key, text] of [
      [`notes/${backupName(time)}.note`, noteText(time, clusterId, { counter: index + 1 })],
      [`reports/${backupName(time)}.checked`, "{}"],
    ] as const) {
      const file = path.join(target, key);
      await mkdir(path.dirname(file), { recursive: true });
      await writeFile(file, text);
      await utimes(file, time, time);
    }
  }
  const stderr = await runUntil(target, /"msg":"Old notes and reports removed"/);
  assert.equal(logged(stderr, /^Old notes and reports removed$/)["removed"], 3);
  const left = async (kind: string) => (await readdir(path.join(target, kind))).sort();
  const nameOf = (days: number) => backupName(hoursAgo(days * 24)).slice(0, 15);
  const notes = await left("notes");
  assert.deepEqual(
    notes.slice(0, 2).map((file) => file.slice(0, 15)),
    [nameOf(700), nameOf(300)],
  );
  assert.equal(notes.length, 3, "and that of the backup which run has taken");
  assert.deepEqual(
    (await left("reports")).map((file) => file.slice(0, 15)),
    [nameOf(300)],
  );
});

/** The loop itself, with an interval of a second and backups without a cluster; ends after so many of them. */
async function loop(count: number, prune: LoopOptions["prune"]) {
  const target = await mkdtemp(path.join(folder, "loop-"));
  const now = () => new Date();
  let text = "";
  const stream = { write: (line: string) => (text += line) };
  const log = await createLog({ stream, readable: false, colors: false, debug: false, now });
  const store = await openStore({ target: { kind: "file", folder: target }, log, now });
  const stop = new AbortController();
  const health = new Health({ frequency: 1000, now });
  const times: number[] = [];
  const take = async () => {
    await putBackup(target, new Date(), 2);
    if (times.push(Date.now()) === count) stop.abort(new Error("enough"));
    return {
      name: backupName(new Date()),
      size: 1,
      manifest: { resources: [], excluded: {} } as unknown as Manifest,
    };
  };
  const looped = backupLoop({ store, take, prune, frequency: 1000, now, log, health }, stop.signal);
  await assert.rejects(looped, /enough/);
  return { text, times, ready: health.ready().well };
}

test("a pruning that fails is logged, ends nothing, and is none of the probes' business", async () => {
  let calls = 0;
  const { text, times, ready } = await loop(4, async () => {
    calls += 1;
    throw new Error("the store is on fire");
  });
  assert.equal(times.length, 4);
  assert.ok(calls >= 3, `${calls} calls`);
  assert.match(text, /"level":"error".*the store is on fire.*Pruning failed/);
  assert.doesNotMatch(text, /Backup failed/);
  assert.equal(ready, true);
});

test("a pruning that hangs delays no backup, is not doubled, and ends with the loop", async () => {
  let under = 0;
  let most = 0;
  let ended = 0;
  const { times } = await loop(4, async (signal) => {
    under += 1;
    most = Math.max(most, under);
    await sleep(3_600_000, undefined, { signal }).catch(() => {});
    under -= 1;
    ended += 1;
  });
  assert.deepEqual({ most, ended }, { most: 1, ended: 1 });
  const gaps = times.slice(1).map((time, index) => time - (times[index] ?? 0));
  for (const gap of gaps) assert.ok(gap < 2500, `a gap of ${gap} ms`);
});
