/**
 * `node bench/change-log.ts` measures the change log with the built executable: what it costs at rest, how long a change takes
 * from its answer to the bucket, and a storm of changes. SIZE is the number of objects, REST how many seconds each of the two
 * measurements at rest takes, BUSY the seconds with 200 writes a second, STORM the number of changes at full speed.
 */

import path from "node:path";
import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import { parseSegmentName } from "../src/change-log/format/segment-name.ts";
import { compareRevisions } from "../src/kubernetes/revision.ts";
import { startS3Proxy } from "../test/support/faults/s3-proxy.ts";
import { programEnvironment } from "../test/support/program/environment.ts";
import { type RunningProgram, startProgram } from "../test/support/program/program.ts";
import { startMinio } from "../test/support/servers/minio.ts";
import { imageEnvironment } from "./contenders/image-environment.ts";
import { BUCKET } from "./contenders/kube-backup.ts";
import { readUsage } from "./measure/processes.ts";
import { type MeasuredCluster, startCluster } from "./measure/servers.ts";
import { readNumber } from "./options.ts";
import { reportProgress } from "./report-progress.ts";
import { fill } from "./run-shape.ts";
import { resize, SHAPES } from "./sample/shapes.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const MIB = 1024 ** 2;
const FLUSH = 5;
/** Writes a second while it is busy. */
const RATE = 200;
/** How long the program may take to come to rest after its first backup, in milliseconds. */
const SETTLE = 15_000;
/** How long the last write of a measurement may take to the bucket, in milliseconds. */
const UNTIL_STORED = FLUSH * 1_000 + 5_000;
/** At most so many writes are on their way at once. */
const IN_FLIGHT = 16;
const NAMESPACE = "change-log";
const CONFIG_MAPS = `/api/v1/namespaces/${NAMESPACE}/configmaps`;

/** A write, and when it was answered; times in milliseconds. */
interface Write {
  revision: string;
  answered: number;
}

const size = readNumber(process.env, "SIZE") ?? 100_000;
const rest = readNumber(process.env, "REST") ?? 600;
const busy = readNumber(process.env, "BUSY") ?? 120;
const storm = readNumber(process.env, "STORM") ?? 50_000;
/** The segments by the resource versions that they reach, and when the store had them. */
const segments: { revision: string; stored: number }[] = [];

using folder = temporaryFolder();
const minio = await startMinio();
const s3 = await startS3Proxy(minio.port);
const cluster = await startCluster();
try {
  await minio.createBucket(BUCKET);
  // The store has it once it has answered; the proxy does not hold the request up.
  s3.onAnswer = ({ method, url }, status) => {
    const name =
      method === "PUT" && status === 200
        ? parseSegmentName(path.basename(new URL(url, s3.endpoint).pathname))
        : undefined;
    if (name !== undefined) segments.push({ revision: name.revision, stored: Date.now() });
  };
  const files = {
    raw: path.join(folder.path, "content.tsv"),
    kubectl: path.join(folder.path, "content.json"),
  };
  const shape = resize(SHAPES.large, size);
  const objects = await fill(cluster, {
    shape,
    seed: 1,
    files,
    sample: path.join(folder.path, "sample.tsv"),
  });
  const { request } = cluster.plane;
  await request("POST", "/api/v1/namespaces", { metadata: { name: NAMESPACE } });
  for (let index = 0; index < 50; index += 1)
    await request("POST", CONFIG_MAPS, {
      metadata: { name: `c-${index}` },
      data: { text: "x".repeat(1_500) },
    });

  const without = await measure(undefined, async (program) => await atRest(cluster, program));
  await measure(`${FLUSH}s`, async (program) => {
    const cost = await atRest(cluster, program);
    tell(`${objects.toLocaleString("en-US")} objects, CHANGE_LOG=${FLUSH}s, ${rest} s at rest`, [
      ["CPU of the API server", percent(cost.apiServer - without.apiServer)],
      ["CPU of etcd", percent(cost.etcd - without.etcd)],
      ["CPU of kube-backup", percent(cost.program - without.program)],
      [
        "memory",
        `${((cost.bytes - without.bytes) / MIB).toFixed(1)} MiB more than ${(without.bytes / MIB).toFixed(0)}`,
      ],
      ["requests to the API server", `${cost.requests - without.requests} more than ${without.requests}`],
      ["requests to the store", `${cost.stored - without.stored} more than ${without.stored}`],
    ]);
    tell("from the answer to the bucket, at rest", recoveryPoint(await writeSlowly(rest / 4)));
    const many = await writeAt(RATE, busy * RATE);
    tell(`from the answer to the bucket, at ${RATE} writes a second`, recoveryPoint(many.writes), [
      ["writes", `${many.writes.length} in ${many.seconds.toFixed(0)} s`],
      ["memory at most", mib(readUsage(program.child.pid ?? 0)?.peakBytes)],
    ]);
    const all = await writeAt(Number.POSITIVE_INFINITY, storm);
    tell(`a storm of ${storm.toLocaleString("en-US")} changes`, recoveryPoint(all.writes), [
      ["writes", `${(all.writes.length / all.seconds).toFixed(0)} a second`],
      ["memory at most", mib(readUsage(program.child.pid ?? 0)?.peakBytes)],
      ["gaps", String(program.output().stderr.match(/Change log ends/g)?.length ?? 0)],
    ]);
  });
} finally {
  await cluster.plane.stop();
  await s3.stop();
  await minio.stop();
}

/** Runs the program beside some work, after its first backup. */
async function measure<T>(
  changeLog: string | undefined,
  work: (program: RunningProgram) => Promise<T>,
): Promise<T> {
  const env = programEnvironment(
    cluster.plane,
    { ...minio, endpoint: s3.endpoint.href.replace(/\/$/, "") },
    `${BUCKET}/${changeLog ?? "without"}`,
    {
      ...imageEnvironment(),
      ...{ FREQUENCY: "1440", MAXRESTOREAGE: "1440" },
      ...(changeLog === undefined ? {} : { CHANGE_LOG: changeLog }),
    },
  );
  const started = performance.now();
  const program = startProgram(["run"], { env });
  try {
    await program.saw(changeLog === undefined ? /Backup stored/ : /Change log begins/, 600_000);
    reportProgress(
      `CHANGE_LOG=${changeLog ?? "off"}: at work after ${((performance.now() - started) / 1000).toFixed(1)} s`,
    );
    await sleep(SETTLE);
    return await work(program);
  } finally {
    program.child.kill("SIGTERM");
    await program.ended;
  }
}

/** What everybody uses at rest. */
async function atRest({ costOf }: MeasuredCluster, { child: { pid = 0 } }: RunningProgram) {
  const before = readUsage(pid);
  const requests = s3.requests.length;
  const cost = await costOf(async () => {
    await sleep(rest * 1_000);
    return {};
  });
  const after = readUsage(pid);
  if (before === undefined || after === undefined) throw new Error("Cannot measure: the program has ended");
  return {
    ...{ apiServer: cost.apiServerCpuSeconds, etcd: cost.etcdCpuSeconds, requests: cost.requests },
    ...{
      program: after.cpuSeconds - before.cpuSeconds,
      bytes: after.bytes,
      stored: s3.requests.length - requests,
    },
  };
}

async function write(index: number): Promise<Write> {
  const body = { metadata: { annotations: { value: String(index) } } };
  const { metadata } = await cluster.plane.request("PATCH", `${CONFIG_MAPS}/c-${index % 50}`, body);
  return { revision: metadata.resourceVersion, answered: Date.now() };
}

/** One write every few seconds. */
async function writeSlowly(seconds: number): Promise<Write[]> {
  const writes: Write[] = [];
  for (const end = Date.now() + seconds * 1_000; Date.now() < end; ) {
    writes.push(await write(writes.length));
    // Of no rhythm with the flushes.
    await sleep(1_700 + ((writes.length * 761) % 3_000));
  }
  await sleep(UNTIL_STORED);
  return writes;
}

/** Many writes, so many a second at the most. */
async function writeAt(rate: number, count: number): Promise<{ writes: Write[]; seconds: number }> {
  const writes: Write[] = [];
  const started = performance.now();
  let next = 0;
  const writer = async () => {
    for (let index = next++; index < count; index = next++) {
      const wait = (index / rate) * 1_000 - (performance.now() - started);
      if (wait > 0) await sleep(wait);
      writes.push(await write(index));
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, writer));
  const seconds = (performance.now() - started) / 1000;
  await sleep(UNTIL_STORED);
  return { writes, seconds };
}

/** How long writes took to be in the bucket. */
function recoveryPoint(writes: readonly Write[]): [string, string][] {
  const times = writes
    .flatMap(({ revision, answered }) => {
      const segment = segments.find((each) => compareRevisions(each.revision, revision) >= 0);
      return segment === undefined ? [] : [(segment.stored - answered) / 1_000];
    })
    .sort((one, other) => one - other);
  const at = (part: number) => `${(times[Math.floor((times.length - 1) * part)] ?? Number.NaN).toFixed(1)} s`;
  return [
    ["p50", at(0.5)],
    ["p99", at(0.99)],
    ["most", at(1)],
    ["not in the bucket", String(writes.length - times.length)],
  ];
}

function percent(seconds: number): string {
  return `${((seconds / rest) * 100).toFixed(2)} % of a core`;
}

function mib(bytes = Number.NaN): string {
  return `${(bytes / MIB).toFixed(0)} MiB`;
}

function tell(what: string, ...facts: [string, string][][]): void {
  const lines = facts.flat().map(([name, value]) => `  ${name}: ${value}\n`);
  process.stdout.write(`${what}\n${lines.join("")}`);
}
