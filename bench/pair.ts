/**
 * Compares two executables, `make bench-pair BEFORE=FILE AFTER=FILE`: each round runs both, in turns, on the same servers,
 * and counts as one ratio. Prints the ratios with their 95 % intervals. SIZE and ROUNDS as in `make bench`; WORK is
 * `backup`, `restore` or both.
 */

import { rm } from "node:fs/promises";
import path from "node:path";
import process from "node:process";
import { binaries } from "../test/support/binaries/build.ts";
import { startMinio } from "../test/support/servers/minio.ts";
import type { S3Server } from "../test/support/servers/s3-server.ts";
import { BUCKET, backUp, restore } from "./contenders/kube-backup.ts";
import type { RunCost } from "./measure/run-measured.ts";
import { type MeasuredCluster, startCluster } from "./measure/servers.ts";
import { readOptions } from "./options.ts";
import { reportProgress } from "./report-progress.ts";
import { meanRatio } from "./results/mean-ratio.ts";
import { fill } from "./run-shape.ts";
import { temporaryFolder } from "./temporary-folder.ts";

/** One of the two executables, and the store of its own backups. */
interface Side {
  name: string;
  command: string;
  s3: S3Server;
}

/** The costs of both in each round, the one before first. */
type Rounds = [RunCost, RunCost][];

for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(130));
const { shapes, seed } = readOptions({ ...process.env, BENCH: "small" });
const [shape] = shapes;
const { BEFORE, AFTER, WORK = "backup,restore" } = process.env;
if (shape === undefined || !BEFORE || !AFTER)
  throw new Error("BEFORE and AFTER name the two executables to compare");
await binaries(["etcd", "kube-apiserver", "kube-controller-manager", "minio"]);
const sides = [
  { name: "before", command: path.resolve(BEFORE), s3: await startMinio() },
  { name: "after", command: path.resolve(AFTER), s3: await startMinio() },
] as const;
try {
  for (const { s3 } of sides) await s3.createBucket(BUCKET);
  const rounds = await measureBackups();
  if (WORK.includes("backup")) show("backup", rounds);
  if (WORK.includes("restore")) {
    const restores = await measureRestores();
    show("restore", restores.into);
    show("restore, unchanged", restores.again);
  }
} finally {
  for (const { s3 } of sides) await s3.stop();
}

/** Fills a cluster and takes backups of it; restores need one of each side at least. */
async function measureBackups(): Promise<Rounds> {
  using folder = temporaryFolder();
  const file = (name: string) => path.join(folder.path, name);
  const cluster = await startCluster();
  try {
    const files = { raw: file("content.tsv"), kubectl: file("content.json") };
    await fill(cluster, {
      shape: shape as NonNullable<typeof shape>,
      seed,
      files,
      sample: file("sample.tsv"),
    });
    await Promise.all(Object.values(files).map((each) => rm(each)));
    const rounds = WORK.includes("backup") ? (shape?.rounds ?? 1) : 1;
    // The first ones fill caches, and do not count.
    await bothInTurns(0, (side) => once(side, cluster, () => backUp(cluster.plane, side.s3)));
    return await repeated("backup", rounds, (round) =>
      bothInTurns(round, (side) => once(side, cluster, () => backUp(cluster.plane, side.s3))),
    );
  } finally {
    await cluster.plane.stop();
  }
}

async function measureRestores(): Promise<{ into: Rounds; again: Rounds }> {
  const again: Rounds = [];
  const into = await repeated("restore", shape?.rounds ?? 1, async (round) => {
    const unchanged = new Map<string, RunCost>();
    const costs = await bothInTurns(round, async (side) => {
      const cluster = await startCluster();
      try {
        const cost = await once(side, cluster, () => restore(cluster.plane, side.s3));
        unchanged.set(side.name, await once(side, cluster, () => restore(cluster.plane, side.s3)));
        return cost;
      } finally {
        await cluster.plane.stop();
      }
    });
    again.push([unchanged.get("before") as RunCost, unchanged.get("after") as RunCost]);
    return costs;
  });
  return { into, again };
}

async function once(side: Side, cluster: MeasuredCluster, work: () => Promise<RunCost>): Promise<RunCost> {
  await cluster.waitUntilIdle();
  process.env["KUBE_BACKUP"] = side.command;
  return await work();
}

/** Runs both, and the other one first in the next round. */
async function bothInTurns(
  round: number,
  work: (side: Side) => Promise<RunCost>,
): Promise<[RunCost, RunCost]> {
  const [before, after] = sides;
  if (round % 2 === 0) {
    const first = await work(before);
    return [first, await work(after)];
  }
  const first = await work(after);
  return [await work(before), first];
}

async function repeated(
  title: string,
  rounds: number,
  run: (round: number) => Promise<[RunCost, RunCost]>,
): Promise<Rounds> {
  const found: Rounds = [];
  for (let round = 1; round <= rounds; round += 1) {
    const costs = await run(round);
    found.push(costs);
    const [before, after] = costs.map(({ seconds }) => seconds.toFixed(2));
    reportProgress(`${title} ${round}/${rounds}: ${before} s before, ${after} s after`);
  }
  return found;
}

function show(title: string, rounds: Rounds): void {
  const values = {
    time: ({ seconds }: RunCost) => seconds,
    "processor time": ({ cpuSeconds }: RunCost) => cpuSeconds,
    "peak memory": ({ peakBytes }: RunCost) => peakBytes,
  };
  for (const [name, read] of Object.entries(values)) {
    const pairs = rounds.map(([before, after]) => [read(before), read(after)] as const);
    const { mean, low, high } = meanRatio(pairs);
    const shown = [mean, low, high].map((value) => value.toFixed(3));
    process.stdout.write(
      `${title}, ${name}: after / before ${shown[0]} (95 %: ${shown[1]} to ${shown[2]}), ${pairs.length} rounds\n`,
    );
  }
}
