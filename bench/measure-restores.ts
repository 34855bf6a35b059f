import { restore } from "./contenders/kube-backup.ts";
import { kubectlCreate } from "./contenders/kubectl.ts";
import { rawCreate } from "./contenders/raw.ts";
import { startVelero } from "./contenders/velero.ts";
import type { RunCost } from "./measure/run-measured.ts";
import { type MeasuredCluster, startCluster } from "./measure/servers.ts";
import { describe, measurementOf, SLOW } from "./measure-backups.ts";
import type { Transport } from "./raw/http.ts";
import { reportProgress } from "./report-progress.ts";
import type { Measurement, Subject } from "./results/results.ts";
import { countContent } from "./sample/fill.ts";
import type { ShapeRun } from "./shape-run.ts";

type SubjectMeasurement = [Subject, Measurement];

/**
 * Measures all subjects that write to a cluster, alternating, each in a new empty cluster. A new control plane starts
 * in 5 seconds, while deleting the namespaces takes minutes and leaves etcd larger.
 *
 * Yields all measurements so far after each round.
 */
export async function* measureRestores(
  run: ShapeRun,
  best: Transport | undefined,
): AsyncGenerator<Partial<Record<Subject, Measurement[]>>> {
  const { shape, s3, files, velero } = run;
  const measurements: Partial<Record<Subject, Measurement[]>> = {};
  const works: ((cluster: MeasuredCluster) => Promise<SubjectMeasurement[]>)[] = [
    async (cluster) => {
      const work = () => restore(cluster.plane, s3);
      const into = await measure(run, cluster, work);
      await cluster.waitUntilIdle();
      const again = await measure(run, cluster, work);
      return [
        ["kube-backup restore", into],
        ["kube-backup restore, unchanged", again],
      ];
    },
  ];
  if (best !== undefined) {
    works.unshift(async (cluster) => {
      const work = () => rawCreate(cluster.target, { file: files.raw, transport: best });
      return [["raw create", await measure(run, cluster, work)]];
    });
  }
  if (shape.compared) {
    works.push(async (cluster) => {
      const work = () => kubectlCreate(cluster.plane, files.kubectl);
      return [["kubectl create", await measure(run, cluster, work)]];
    });
  }
  if (velero !== undefined && shape.compared) {
    works.push(async (cluster) => {
      const server = await startVelero(velero, cluster.plane, s3);
      try {
        return [["velero restore", await measure(run, cluster, () => server.restore())]];
      } finally {
        await server.stop();
      }
    });
  }
  const slow = new Set<(typeof works)[number]>();
  for (let round = 1; round <= shape.rounds; round += 1) {
    for (const work of works) {
      if (slow.has(work)) continue;
      for (const [subject, measured] of await inEmptyCluster(work)) {
        if (measured.seconds > SLOW) slow.add(work);
        measurements[subject] = [...(measurements[subject] ?? []), measured];
        reportProgress(`${shape.name} ${round}/${shape.rounds}: ${subject}: ${describe(measured)}`);
      }
    }
    yield measurements;
  }
}

async function inEmptyCluster(
  work: (cluster: MeasuredCluster) => Promise<SubjectMeasurement[]>,
): Promise<SubjectMeasurement[]> {
  const cluster = await startCluster();
  try {
    await cluster.waitUntilIdle();
    return await work(cluster);
  } finally {
    await cluster.plane.stop();
  }
}

/** Measures one restore and verifies that all objects exist, since an incomplete restore would look fast. */
async function measure(
  { objects, shape }: ShapeRun,
  cluster: MeasuredCluster,
  work: () => Promise<RunCost>,
): Promise<Measurement> {
  const measured = measurementOf(await cluster.costOf(work), objects);
  const found = await countContent(cluster.plane, shape);
  if (found !== objects) throw new Error(`Cannot measure: ${found} of ${objects} objects are there`);
  return measured;
}
