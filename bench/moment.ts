/**
 * What the newest certain moment of the change log costs more to restore than the backup that it starts from, `make
 * bench-moment`: each round restores both, in turns, each into a new cluster, and counts as one ratio. SIZE, ROUNDS and SEED
 * as in `make bench`; CHANGES is the number of objects that change after the backup.
 */

import { rm } from "node:fs/promises";
import path from "node:path";
import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import { binaries } from "../test/support/binaries/build.ts";
import type { ControlPlane } from "../test/support/cluster/control-plane.ts";
import { programEnvironment } from "../test/support/program/environment.ts";
import { runProgram, startProgram } from "../test/support/program/program.ts";
import { startMinio } from "../test/support/servers/minio.ts";
import type { S3Server } from "../test/support/servers/s3-server.ts";
import { BUCKET, restore } from "./contenders/kube-backup.ts";
import type { RunCost } from "./measure/run-measured.ts";
import { startCluster } from "./measure/servers.ts";
import { readOptions } from "./options.ts";
import { reportProgress } from "./report-progress.ts";
import { meanRatio } from "./results/mean-ratio.ts";
import { fill } from "./run-shape.ts";
import { temporaryFolder } from "./temporary-folder.ts";

/** Changes that are sent at once. */
const IN_FLIGHT = 8;

for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(130));
const { shapes, seed } = readOptions({ ...process.env, BENCH: "small" });
const [shape] = shapes;
if (shape === undefined) throw new Error("There is no shape to measure");
const changes = Number(process.env["CHANGES"] || 2_000);
await binaries(["etcd", "kube-apiserver", "kube-controller-manager", "minio"]);
const s3 = await startMinio();
try {
  await s3.createBucket(BUCKET);
  const { backup, newest } = await record(s3);
  const pairs: [RunCost, RunCost][] = [];
  for (let round = 1; round <= shape.rounds; round += 1) {
    const sides = [[backup], ["--at", newest]] as const;
    const costs = new Map<readonly string[], RunCost>();
    for (const words of round % 2 === 0 ? sides : sides.toReversed()) {
      const cluster = await startCluster();
      try {
        await cluster.waitUntilIdle();
        costs.set(words, await restore(cluster.plane, s3, words));
      } finally {
        await cluster.plane.stop();
      }
    }
    const [base, moment] = sides.map((words) => costs.get(words) as RunCost) as [RunCost, RunCost];
    pairs.push([base, moment]);
    reportProgress(
      `${round}/${shape.rounds}: ${base.seconds.toFixed(2)} s the backup, ${moment.seconds.toFixed(2)} s the moment`,
    );
  }
  show(pairs);
} finally {
  await s3.stop();
}

/** Fills a cluster, and records changes after its backup. */
async function record(s3: S3Server): Promise<{ backup: string; newest: string }> {
  using folder = temporaryFolder();
  const file = (name: string) => path.join(folder.path, name);
  const { plane, ...cluster } = await startCluster();
  try {
    const files = { raw: file("content.tsv"), kubectl: file("content.json") };
    await fill(
      { plane, ...cluster },
      { shape: shape as NonNullable<typeof shape>, seed, files, sample: file("sample.tsv") },
    );
    await Promise.all(Object.values(files).map((each) => rm(each)));
    await plane.request("POST", "/api/v1/namespaces", { metadata: { name: "backuprestore-donotuse" } });
    const env = programEnvironment(plane, s3, BUCKET);
    const more = { FREQUENCY: "1000000", MAXRESTOREAGE: "1000000", CHANGE_LOG: "1s" };
    const program = startProgram(["run"], { env: { ...env, ...more } });
    await program.saw(/"msg":"Change log begins"/);
    const changed = await change(plane);
    await sleep(2_000);
    program.child.kill("SIGTERM");
    await program.ended;
    const { stdout } = await runProgram(["list", "-o", "json"], { env });
    const { backups, changeLog } = JSON.parse(stdout) as {
      backups: { name: string }[];
      changeLog: { ranges: { until: string }[] };
    };
    const [backup, range] = [backups.at(-1)?.name, changeLog.ranges.at(-1)];
    if (backup === undefined || range === undefined) throw new Error("Nothing was recorded");
    reportProgress(`${changed} objects changed after ${backup}; the newest moment is ${range.until}`);
    return { backup, newest: range.until };
  } finally {
    await plane.stop();
  }
}

/** Changes ConfigMaps, one after the other, several at once. */
async function change(plane: ControlPlane): Promise<number> {
  const { items } = (await plane.request("GET", "/api/v1/configmaps")) as {
    items: { metadata: { namespace: string; name: string } }[];
  };
  const meant = items
    .filter(
      ({ metadata: { namespace, name } }) => !namespace.startsWith("kube-") && name !== "kube-root-ca.crt",
    )
    .slice(0, changes);
  const left = [...meant];
  const one = async () => {
    for (let next = left.pop(); next !== undefined; next = left.pop()) {
      const { namespace, name } = next.metadata;
      const body = { data: { changed: "by the benchmark" } };
      const contentType = "application/merge-patch+json";
      await plane.request("PATCH", `/api/v1/namespaces/${namespace}/configmaps/${name}`, body, {
        contentType,
      });
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, one));
  return meant.length;
}

function show(rounds: readonly [RunCost, RunCost][]): void {
  const values = {
    time: ({ seconds }: RunCost) => seconds,
    "processor time": ({ cpuSeconds }: RunCost) => cpuSeconds,
    "peak memory": ({ peakBytes }: RunCost) => peakBytes,
  };
  for (const [name, read] of Object.entries(values)) {
    const { mean, low, high } = meanRatio(
      rounds.map(([base, moment]) => [read(base), read(moment)] as const),
    );
    const shown = [mean, low, high].map((value) => value.toFixed(3));
    process.stdout.write(
      `restore, ${name}: newest moment / backup ${shown[0]} (95 %: ${shown[1]} to ${shown[2]}), ${rounds.length} rounds\n`,
    );
  }
}
