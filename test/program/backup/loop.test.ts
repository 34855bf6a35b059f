/** The loop misses no backup and takes none twice, across restarts. */

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync } from "node:fs";
import { mkdir, readdir, readFile } from "node:fs/promises";
import path from "node:path";
import process from "node:process";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { backupTime } from "../../../src/store/contract/backup-name.ts";
import type { ControlPlane } from "../../support/cluster/control-plane.ts";
import { withTestBed } from "../../support/cluster/test-bed.ts";
import { startApiProxy } from "../../support/faults/api-proxy.ts";
import { runProgram, startProgram } from "../../support/program/program.ts";
import { until } from "../../support/until.ts";

const SECOND = 1_000;

let cluster: ControlPlane;
let folder: string;

withTestBed(async (bed) => {
  ({ cluster, folder } = bed);
  await cluster.request("POST", "/api/v1/namespaces", { metadata: { name: "backuprestore-donotuse" } });
});

async function store(name: string): Promise<string> {
  const target = path.join(folder, name);
  await mkdir(target);
  return target;
}

/** Times of the backups in a folder, in milliseconds, oldest first. */
async function times(target: string): Promise<number[]> {
  const names = (await readdir(target)).filter((name) => name.endsWith(".zip")).sort();
  return names.map((name) => backupTime(name.replace(/\.zip$/, ""))?.getTime() ?? Number.NaN);
}

function gaps(moments: readonly number[]): number[] {
  return moments.slice(1).map((moment, index) => moment - (moments[index] ?? 0));
}

test("over 20 rounds with restarts at random moments none is missed and none doubled", async (t) => {
  const INTERVAL = 5 * SECOND;
  const ROUNDS = 20;
  const target = await store("short");
  const script = path.join(import.meta.dirname, "loop-process.ts");
  const started = Date.now();
  let restarts = 0;
  /** From a kill until the loop is there again. */
  const downtimes: [from: number, to: number][] = [];
  let down = started;
  while (Date.now() - started < ROUNDS * INTERVAL) {
    const log = openSync(path.join(folder, "loop.log"), "a");
    const child = spawn(process.execPath, [script, cluster.kubeconfig, target, String(INTERVAL)], {
      stdio: ["ignore", "pipe", log],
    });
    closeSync(log);
    const ended = once(child, "exit");
    assert.ok(child.stdout);
    await once(child.stdout, "data");
    downtimes.push([down, Date.now()]);
    await sleep(6 * SECOND + Math.random() * 9 * SECOND);
    down = Date.now();
    child.kill(restarts % 2 === 0 ? "SIGTERM" : "SIGKILL");
    await ended;
    restarts += 1;
  }
  const moments = await times(target);
  const taken = gaps(moments);
  t.diagnostic(
    `${restarts} restarts, ${taken.length + 1} backups, gaps of ${taken.map((gap) => gap / SECOND).join(", ")} s`,
  );
  assert.doesNotMatch(await readFile(path.join(folder, "loop.log"), "utf8"), /Backup failed/);
  assert.deepEqual(
    taken.filter((gap) => gap < INTERVAL),
    [],
    "taken too early",
  );
  // A restart takes a moment, in which a backup that falls due is late; twice the interval beside it were one missed.
  const late = (from: number, to: number) =>
    downtimes.reduce((sum, [start, end]) => sum + Math.max(0, Math.min(end, to) - Math.max(start, from)), 0);
  const missed = moments.slice(1).filter((moment, index) => {
    const before = moments[index] ?? moment;
    return moment - before - late(before, moment) >= 2 * INTERVAL;
  });
  assert.deepEqual(missed, [], "missed");
});

test("the program takes a backup a minute, across restarts, and SIGTERM ends it at once with status 0", async () => {
  const target = await store("minutes");
  const env = {
    KUBECONFIG: cluster.kubeconfig,
    S3TARGET: `file://${target}`,
    FREQUENCY: "1",
    MAXRESTOREAGE: "60",
  };
  const started = Date.now();
  for (const pause of [10, 40, 30, 50]) {
    const program = startProgram([], { env });
    await program.saw(/Next backup/);
    await sleep(pause * SECOND);
    const stopping = Date.now();
    program.child.kill("SIGTERM");
    const { status, stderr } = await program.ended;
    assert.equal(status, 0, stderr);
    assert.ok(Date.now() - stopping < 5 * SECOND, "within its grace period");
  }
  const moments = await times(target);
  assert.equal(moments.length, Math.floor((Date.now() - started) / (60 * SECOND)) + 1);
  for (const gap of gaps(moments)) assert.ok(gap >= 60 * SECOND && gap < 75 * SECOND, `a gap of ${gap} ms`);
});

test("a failed backup is logged, tried again with growing pauses, and ends nothing", async () => {
  const target = await store("failing");
  const proxy = await startApiProxy(cluster);
  try {
    const heal = proxy.inject({
      when: ({ path }) => path === "/api/v1/namespaces",
      fault: {
        kind: "answer",
        status: 403,
        body: { kind: "Status", reason: "Forbidden", message: "not today" },
      },
    });
    const env = {
      KUBECONFIG: proxy.kubeconfig,
      S3TARGET: `file://${target}`,
      FREQUENCY: "1",
      MAXRESTOREAGE: "60",
    };
    const program = startProgram(["run"], { env });
    await program.saw(/"failures":2.*"msg":"Backup failed"/);
    assert.deepEqual(await readdir(target), [], "nothing is left of a backup that failed");
    heal();
    await program.saw(/"msg":"Backup stored"/);
    program.child.kill("SIGTERM");
    assert.equal((await program.ended).status, 0);
    assert.match(program.output().stderr, /"failures":1,"retryInSeconds":5/);
    assert.match(program.output().stderr, /"failures":2,"retryInSeconds":10/);
  } finally {
    await proxy.stop();
  }
});

test("SIGTERM in the middle of a backup leaves nothing half-made", async () => {
  const target = await store("stopped");
  const proxy = await startApiProxy(cluster);
  try {
    proxy.inject({
      when: ({ path }) => path === "/api/v1/secrets",
      fault: { kind: "delay", ms: 60 * SECOND },
    });
    const env = { KUBECONFIG: proxy.kubeconfig, S3TARGET: `file://${target}` };
    const program = startProgram(["backup"], { env });
    await until("Secrets are listed", () => proxy.requests.some(({ path }) => path === "/api/v1/secrets"));
    program.child.kill("SIGTERM");
    const { status, stderr } = await program.ended;
    assert.equal(status, 130, stderr);
    assert.deepEqual(await readdir(target), []);
  } finally {
    await proxy.stop();
  }
});

test("a second backup within a second waits for the next", async () => {
  const target = await store("twice");
  const env = { KUBECONFIG: cluster.kubeconfig, S3TARGET: `file://${target}` };
  const results = await Promise.all(Array.from({ length: 3 }, () => runProgram(["backup"], { env })));
  for (const { status, stderr } of results) assert.equal(status, 0, stderr);
  assert.equal(new Set(await times(target)).size, 3);
});

test("a backup is taken again when its revision was compacted away, and given up after three times", async () => {
  const target = await store("compacted");
  const proxy = await startApiProxy(cluster);
  const gone = {
    kind: "Status",
    status: "Failure",
    reason: "Expired",
    code: 410,
    message: "The provided continue parameter is too old",
  };
  const compacted = { kind: "answer", status: 410, body: gone } as const;
  const env = { KUBECONFIG: proxy.kubeconfig, S3TARGET: `file://${target}` };
  const when = ({ path, query }: { path: string; query: URLSearchParams }) =>
    path === "/api/v1/secrets" && query.has("resourceVersionMatch");
  try {
    proxy.inject({ when, fault: compacted, times: 2 });
    const third = await runProgram(["backup"], { env });
    assert.equal(third.status, 0, third.stderr);
    assert.equal((await times(target)).length, 1);
    proxy.inject({ when, fault: compacted, times: 3 });
    const never = await runProgram(["backup"], { env });
    assert.equal(never.status, 1, never.stderr);
    assert.match(never.stderr, /compacted away 3 times/);
    assert.equal((await times(target)).length, 1);
  } finally {
    await proxy.stop();
  }
});
