// throw-away: unchanged restores of two executables in one cluster, by turns
import path from "node:path";
import process from "node:process";
import { rm } from "node:fs/promises";
import { startMinio } from "../test/support/servers/minio.ts";
import { BUCKET, backUp, restore } from "./contenders/kube-backup.ts";
import { startCluster } from "./measure/servers.ts";
import { readOptions } from "./options.ts";
import { meanRatio } from "./results/mean-ratio.ts";
import { fill } from "./run-shape.ts";
import { temporaryFolder } from "./temporary-folder.ts";
const { shapes, seed } = readOptions({ ...process.env, BENCH: "small" });
const shape = shapes[0]!;
const sides = [];
for (const command of [process.env.BEFORE!, process.env.AFTER!]) { const s3 = await startMinio(); await s3.createBucket(BUCKET); sides.push({ command: path.resolve(command), s3 }); }
using folder = temporaryFolder();
const file = (n: string) => path.join(folder.path, n);
const cluster = await startCluster();
try {
  await fill(cluster, { shape, seed, files: { raw: file("a"), kubectl: file("b") }, sample: file("c") });
  for (const s of sides) { process.env.KUBE_BACKUP = s.command; console.log(await backUp(cluster.plane, s.s3)); }
  if (process.env.HOLD) { console.log(JSON.stringify({ kubeconfig: cluster.plane.kubeconfig, s3: sides.map(s => ({ e: s.s3.endpoint, a: s.s3.accessKeyId, k: s.s3.secretAccessKey })) })); await new Promise(r => setTimeout(r, Number(process.env.HOLD) * 1000)); }
  const pairs: any = { time: [], cpu: [], mem: [] };
  for (let i = 0; i < Number(process.env.N ?? 10) ; i++) {
    const r = [] as any[];
    for (const k of i % 2 ? [1, 0] : [0, 1]) { await cluster.waitUntilIdle(); process.env.KUBE_BACKUP = sides[k]!.command; r[k] = await restore(cluster.plane, sides[k]!.s3); }
    pairs.time.push([r[0].seconds, r[1].seconds]); pairs.cpu.push([r[0].cpuSeconds, r[1].cpuSeconds]); pairs.mem.push([r[0].peakBytes, r[1].peakBytes]);
    console.log(i, r.map(x => `${x.seconds.toFixed(2)}s ${x.cpuSeconds.toFixed(2)}cpu ${(x.peakBytes/1048576).toFixed(0)}M`).join("  "));
  }
  for (const k of Object.keys(pairs)) { const m = meanRatio(pairs[k].slice(1)); console.log(k, m.mean.toFixed(3), m.low.toFixed(3), m.high.toFixed(3)); }
} finally { await cluster.plane.stop(); for (const s of sides) await s.s3.stop(); }
process.exit(0);
