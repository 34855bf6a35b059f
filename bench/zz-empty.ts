// throw-away: restores of two executables into empty clusters, by turns
import path from "node:path";
import process from "node:process";
import { startMinio } from "../test/support/servers/minio.ts";
import { BUCKET, backUp, restore } from "./contenders/kube-backup.ts";
import { startCluster } from "./measure/servers.ts";
import { readOptions } from "./options.ts";
import { meanRatio } from "./results/mean-ratio.ts";
import { fill } from "./run-shape.ts";
import { temporaryFolder } from "./temporary-folder.ts";
const { shapes, seed } = readOptions({ ...process.env, BENCH: "small" });
const shape = shapes[0]!;
const sides: any[] = [];
for (const command of [process.env.BEFORE!, process.env.AFTER!]) { const s3 = await startMinio(); await s3.createBucket(BUCKET); sides.push({ command, s3 }); }
using folder = temporaryFolder();
const file = (n: string) => path.join(folder.path, n);
{ const cluster = await startCluster();
  await fill(cluster, { shape, seed, files: { raw: file("a"), kubectl: file("b") }, sample: file("c") });
  for (const s of sides) { process.env.KUBE_BACKUP = s.command; await backUp(cluster.plane, s.s3); }
  await cluster.plane.stop(); }
const pairs: any = { time: [], cpu: [], mem: [] };
const pairs2: any = { time: [], cpu: [], mem: [] };
const note = (p: any, r: any[]) => { p.time.push([r[0].seconds, r[1].seconds]); p.cpu.push([r[0].cpuSeconds, r[1].cpuSeconds]); p.mem.push([r[0].peakBytes, r[1].peakBytes]); };
for (let i = 0; i < Number(process.env.N ?? 4) ; i++) {
  const r = [] as any[], u = [] as any[];
  for (const k of i % 2 ? [1, 0] : [0, 1]) { const c = await startCluster(); await c.waitUntilIdle(); process.env.KUBE_BACKUP = sides[k]!.command; r[k] = await restore(c.plane, sides[k]!.s3); await c.waitUntilIdle(); u[k] = await restore(c.plane, sides[k]!.s3); await c.plane.stop(); }
  note(pairs, r); note(pairs2, u);
  console.log(i, r.map(x => `${x.seconds.toFixed(2)}s ${x.cpuSeconds.toFixed(2)}cpu ${(x.peakBytes/1048576).toFixed(0)}M`).join("  "), "| unchanged", u.map(x => `${x.seconds.toFixed(2)}s ${x.cpuSeconds.toFixed(2)}cpu ${(x.peakBytes/1048576).toFixed(0)}M`).join("  "));
}
for (const [n, p] of [["empty", pairs], ["unchanged", pairs2]] as any) for (const k of Object.keys(p)) { const m = meanRatio(p[k]); console.log(n, k, m.mean.toFixed(3), m.low.toFixed(3), m.high.toFixed(3)); }
for (const s of sides) await s.s3.stop();
process.exit(0);
