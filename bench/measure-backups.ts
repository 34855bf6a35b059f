import { backUp } from "./contenders/kube-backup.ts";
import { kubectlGet } from "./contenders/kubectl.ts";
import { rawList } from "./contenders/raw.ts";
import { startVelero } from "./contenders/velero.ts";
import type { RunCost } from "./measure/run-measured.ts";
import type { MeasuredCluster } from "./measure/servers.ts";
import { reportProgress } from "./report-progress.ts";
import type { Measurement, ShapeResult, Subject } from "./results/results.ts";
import { namespaceNames } from "./sample/objects.ts";
import type { ShapeRun } from "./shape-run.ts";

/**
 * Seconds above which a subject is measured once, not in every round: further rounds would take an hour for one
 * figure.
 */
export const SLOW = 120;

/** Measures one subject once. */
type Work = () => Promise<RunCost>;

/**
 * Measures all subjects that read the cluster, alternating. Reads change nothing, so one cluster serves all rounds.
 */
export async function measureBackups(
  { shape, s3, objects, velero }: ShapeRun,
  cluster: MeasuredCluster,
): Promise<Pick<ShapeResult, "jsonBytes" | "archiveBytes" | "measurements">> {
  const { plane, target } = cluster;
  const server = velero === undefined ? undefined : await startVelero(velero, plane, s3);
  try {
    // The first read fills caches of the API server, which must not count against a subject.
    const { bytes: jsonBytes } = await rawList(target, false);
    let archiveBytes = 0;
    const works: Partial<Record<Subject, Work>> = {
      "raw list": () => rawList(target, false),
      // The API server ends a request after a minute, too short to compress a gigabyte.
      ...(shape.content === "mixed" ? { "raw list and gzip": () => rawList(target, true) } : {}),
      "kube-backup backup": async () => {
        const taken = await backUp(plane, s3);
        // The backup also has the namespaces that every cluster has.
        if (taken.objects < objects)
          throw new Error(`Cannot measure: ${taken.objects} of ${objects} objects are in the backup`);
        archiveBytes = taken.archiveBytes;
        return taken;
      },
      ...(shape.compared ? { "kubectl get": () => kubectlGet(plane) } : {}),
      ...(server === undefined ? {} : { "velero backup": () => server.backUp(namespaceNames(shape)) }),
    };
    const measurements: Partial<Record<Subject, Measurement[]>> = {};
    for (let round = 1; round <= shape.rounds; round += 1) {
      for (const [subject, work] of Object.entries(works) as [Subject, Work][]) {
        if ((measurements[subject]?.[0]?.seconds ?? 0) > SLOW) continue;
        await cluster.waitUntilIdle();
        const measured = measurementOf(await cluster.costOf(work), objects);
        measurements[subject] = [...(measurements[subject] ?? []), measured];
        reportProgress(`${shape.name} ${round}/${shape.rounds}: ${subject}: ${describe(measured)}`);
      }
    }
    return { jsonBytes, archiveBytes, measurements };
  } finally {
    await server?.stop();
  }
}

/** The part of a measurement that is stored. */
export function measurementOf(cost: Omit<Measurement, "objects">, objects: number): Measurement {
  const { seconds, cpuSeconds, peakBytes, requests, apiServerCpuSeconds, etcdCpuSeconds } = cost;
  return { objects, seconds, cpuSeconds, peakBytes, requests, apiServerCpuSeconds, etcdCpuSeconds };
}

/** Formats a measurement for the progress output. */
export function describe({ seconds, objects, peakBytes, cpuSeconds, requests }: Measurement): string {
  const rate = (objects / seconds).toFixed(0);
  return `${seconds.toFixed(2)} s (${rate} objects/s), ${(peakBytes / 1024 ** 2).toFixed(0)} MiB, ${cpuSeconds.toFixed(1)} s of CPU, ${requests} requests`;
}
