import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { programEnvironment } from "../test/support/program/environment.ts";
import { startProgram } from "../test/support/program/program.ts";
import { startMinio } from "../test/support/servers/minio.ts";
import { imageEnvironment } from "./contenders/image-environment.ts";
import { BUCKET } from "./contenders/kube-backup.ts";
import { readUsage } from "./measure/processes.ts";
import { startCluster } from "./measure/servers.ts";
import { reportProgress } from "./report-progress.ts";
import type { IdleResult } from "./results/results.ts";
import { fill } from "./run-shape.ts";
import type { Shape } from "./sample/shapes.ts";
import { temporaryFolder } from "./temporary-folder.ts";

/**
 * Milliseconds in which the loop may release memory after a backup, and milliseconds of the following measurement.
 */
const SETTLE_TIME = 10_000;
const MEASUREMENT_TIME = 30_000;
const BACKUP_TIMEOUT = 120_000;

/**
 * Runs the backup loop in a cluster of the given shape, with one backup a minute, and measures the loop between two
 * backups.
 */
export async function measureIdle(
  { shape, backups }: { shape: Shape; backups: number },
  seed: number,
): Promise<Omit<IdleResult, "time" | "commit" | "machine">> {
  using folder = temporaryFolder();
  const files = {
    raw: path.join(folder.path, "content.tsv"),
    kubectl: path.join(folder.path, "content.json"),
  };
  const s3 = await startMinio();
  const cluster = await startCluster();
  try {
    await s3.createBucket(BUCKET);
    const objects = await fill(cluster, { shape, seed, files, sample: path.join(folder.path, "sample.tsv") });
    const env = programEnvironment(cluster.plane, s3, BUCKET, { ...imageEnvironment(), FREQUENCY: "1" });
    const program = startProgram(["run"], { env });
    try {
      const stored = () => program.output().stderr.match(/Backup stored/g)?.length ?? 0;
      for (let backup = 1; backup <= backups; backup += 1) {
        const pattern = new RegExp(`(?:Backup stored[^]*){${backup}}`);
        await program.saw(pattern, BACKUP_TIMEOUT);
        reportProgress(`idle: backup ${backup} of ${backups} stored`);
      }
      await sleep(SETTLE_TIME);
      const pid = program.child.pid ?? 0;
      const before = readUsage(pid);
      const started = performance.now();
      await sleep(MEASUREMENT_TIME);
      const seconds = (performance.now() - started) / 1000;
      const after = readUsage(pid);
      if (before === undefined || after === undefined || stored() !== backups)
        throw new Error("Cannot measure the loop at rest: it did not rest");
      const { bytes, peakBytes } = after;
      const cpuSeconds = after.cpuSeconds - before.cpuSeconds;
      reportProgress(
        `idle: ${(bytes / 1024 ** 2).toFixed(0)} MiB, ${cpuSeconds.toFixed(2)} s of CPU in ${seconds.toFixed(0)} s`,
      );
      return { backups, objects, bytes, peakBytes, seconds, cpuSeconds };
    } finally {
      program.child.kill("SIGTERM");
      await program.ended;
    }
  } finally {
    await cluster.plane.stop();
    await s3.stop();
  }
}
