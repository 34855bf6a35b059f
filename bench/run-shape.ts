import { rm } from "node:fs/promises";
import path from "node:path";
import { startMinio } from "../test/support/servers/minio.ts";
import { BUCKET } from "./contenders/kube-backup.ts";
import { describeTransport, rawCreate, TRANSPORTS } from "./contenders/raw.ts";
import { type MeasuredCluster, startCluster } from "./measure/servers.ts";
import { measureBackups } from "./measure-backups.ts";
import { measureRestores } from "./measure-restores.ts";
import type { BenchOptions } from "./options.ts";
import type { Transport } from "./raw/http.ts";
import { reportProgress } from "./report-progress.ts";
import type { CreateRate, ShapeResult } from "./results/results.ts";
import { summarize } from "./results/statistics.ts";
import { type ContentFiles, countContent, writeContent, writeSample } from "./sample/fill.ts";
import type { Shape } from "./sample/shapes.ts";
import { temporaryFolder } from "./temporary-folder.ts";

/** Number of objects that each transport creates to find the best transport, and number of tries. */
const TRIAL_OBJECTS = 3_000;
const TRIALS = 2;
/** The transport that fills the cluster. */
const FILLING: Transport = { protocol: "http1", inFlight: 8 };

/** The part of a shape's results that is measured. */
export type Measured = Omit<ShapeResult, "time" | "commit" | "machine" | "versions">;

/**
 * Fills a cluster and measures all subjects of a shape. Yields the results so far, so that an interrupted run does
 * not lose an hour's work.
 */
export async function* runShape(
  shape: Shape,
  { seed, velero }: Pick<BenchOptions, "seed" | "velero">,
): AsyncGenerator<Measured> {
  using folder = temporaryFolder();
  const files = {
    raw: path.join(folder.path, "content.tsv"),
    kubectl: path.join(folder.path, "content.json"),
  };
  const s3 = await startMinio();
  try {
    await s3.createBucket(BUCKET);
    const cluster = await startCluster();
    let objects: number;
    let backups: Awaited<ReturnType<typeof measureBackups>>;
    try {
      objects = await fill(cluster, { shape, seed, files, sample: path.join(folder.path, "sample.tsv") });
      backups = await measureBackups({ shape, s3, files, objects, velero }, cluster);
    } finally {
      await cluster.plane.stop();
    }
    const { jsonBytes, archiveBytes, measurements } = backups;
    const known = { objects, jsonBytes, archiveBytes };
    yield { ...known, createRates: [], measurements };
    const { rates, best } = shape.compared
      ? await findBestTransport(files.raw)
      : { rates: [], best: undefined };
    for await (const restores of measureRestores({ shape, s3, files, objects, velero }, best)) {
      yield { ...known, createRates: rates, measurements: { ...measurements, ...restores } };
    }
  } finally {
    await s3.stop();
  }
}

/** Fills a cluster, waits until the controllers are idle, and writes the content to files. */
export async function fill(
  cluster: MeasuredCluster,
  { shape, seed, files, sample }: { shape: Shape; seed: number; files: ContentFiles; sample: string },
): Promise<number> {
  await writeSample(sample, shape, seed);
  const { objects, seconds } = await rawCreate(cluster.target, { file: sample, transport: FILLING });
  await rm(sample);
  reportProgress(
    `${shape.name}: ${objects} objects created in ${seconds.toFixed(1)} s; waiting for the controllers`,
  );
  await cluster.waitUntilIdle();
  const written = await writeContent(cluster.plane, shape, files);
  const counted = await countContent(cluster.plane, shape);
  if (written !== counted) throw new Error(`Cannot fill: ${written} objects found, ${counted} counted`);
  return written;
}

/** Measures each transport in an empty cluster of its own. */
async function findBestTransport(file: string): Promise<{ rates: CreateRate[]; best: Transport }> {
  const found = TRANSPORTS.map((transport) => ({ transport, objectsPerSecond: [] as number[] }));
  for (let trial = 0; trial < TRIALS; trial += 1) {
    for (const { transport, objectsPerSecond } of found) {
      const { plane, target } = await startCluster();
      try {
        const { objects, seconds } = await rawCreate(target, { file, transport, limit: TRIAL_OBJECTS });
        objectsPerSecond.push(objects / seconds);
        reportProgress(
          `raw create over ${describeTransport(transport)}: ${(objects / seconds).toFixed(0)} objects/s`,
        );
      } finally {
        await plane.stop();
      }
    }
  }
  const rate = ({ objectsPerSecond }: (typeof found)[number]) => summarize(objectsPerSecond)?.median ?? 0;
  const [best] = found.toSorted((left, right) => rate(right) - rate(left));
  if (best === undefined) throw new Error("There is no way of sending to try");
  const rates = found.map(({ transport, objectsPerSecond }) => ({
    transport: describeTransport(transport),
    objectsPerSecond,
  }));
  return { rates, best: best.transport };
}
