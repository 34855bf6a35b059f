/**
 * Velero's server as a process beside the control plane, with all of its settings at their defaults, and its command
 * line, which asks the server and waits. Volumes are left out, as we leave them out.
 */

import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import type { ControlPlane } from "../../test/support/cluster/control-plane.ts";
import { freePort } from "../../test/support/processes/free-port.ts";
import { startServerProcess } from "../../test/support/processes/server-process.ts";
import type { S3Server } from "../../test/support/servers/s3-server.ts";
import { processTree, readUse } from "../measure/processes.ts";
import type { RunCost } from "../measure/run-measured.ts";
import type { BenchOptions } from "../options.ts";
import { COLLECTIONS } from "../sample/collections.ts";

const BUCKET = "velero";
const NAMESPACE = "velero";
const READY_LIMIT = 120_000;
/** Name of the backup that restores take: the last one. */
const PREFIX = "bench-";

/** Velero at work in one cluster. */
export interface Velero {
  /** Backs these namespaces up: what every cluster has in the others would be in the way of a restore. */
  backUp(namespaces: readonly string[]): Promise<RunCost>;
  /** Restores the newest backup in the bucket. */
  restore(): Promise<RunCost>;
  stop(): Promise<void>;
}

/** Installs what Velero needs and starts its server; waits until that knows the bucket and the backups in it. */
export async function startVelero(
  { command, plugins }: NonNullable<BenchOptions["velero"]>,
  plane: ControlPlane,
  s3: S3Server,
): Promise<Velero> {
  await s3.createBucket(BUCKET).catch(() => {});
  const credentials = path.join(plane.folder, "velero-credentials");
  await writeFile(
    credentials,
    `[default]\naws_access_key_id = ${s3.accessKeyId}\naws_secret_access_key = ${s3.secretAccessKey}\n`,
    { mode: 0o600 },
  );
  const env = {
    PATH: process.env["PATH"],
    HOME: plane.folder,
    KUBECONFIG: plane.kubeconfig,
    VELERO_NAMESPACE: NAMESPACE,
    AWS_SHARED_CREDENTIALS_FILE: credentials,
  };
  const velero = async (...args: string[]) =>
    (await promisify(execFile)(command, args, { env, maxBuffer: 2 ** 26 })).stdout;
  const crds = await velero("install", "--crds-only", "--dry-run", "--output=yaml");
  await plane.kubectl(["create", "--filename=-"], { input: crds });
  await plane.kubectl(["wait", "--for=condition=established", "crd", "--all", "--timeout=60s"]);
  await plane.kubectl(["create", "namespace", NAMESPACE]);
  // One of its plug-ins asks for the server's own Deployment, and fails a restore where there is none.
  const deployment = ["create", "deployment", "velero", "--image=velero/velero", "--replicas=0"];
  await plane.kubectl([...deployment, `--namespace=${NAMESPACE}`]);
  await velero(
    "backup-location",
    "create",
    "default",
    "--default",
    "--provider=aws",
    `--bucket=${BUCKET}`,
    `--config=region=us-east-1,s3ForcePathStyle=true,s3Url=${s3.endpoint}`,
  );
  const server = await startServerProcess({
    command,
    args: [
      "server",
      `--plugin-dir=${plugins}`,
      `--metrics-address=127.0.0.1:${await freePort()}`,
      `--profiler-address=127.0.0.1:${await freePort()}`,
    ],
    log: path.join(plane.folder, "velero.log"),
    env: env as Record<string, string>,
  });
  const newest = async () =>
    JSON.parse(await plane.kubectl(["get", "backups.velero.io", `--namespace=${NAMESPACE}`, "--output=json"]))
      .items.map(({ metadata }: { metadata: { name: string } }) => metadata.name)
      .toSorted()
      .at(-1) as string | undefined;
  let backups = 0;
  const end = Date.now() + READY_LIMIT;
  while (!(await velero("backup-location", "get", "--output=json")).includes('"phase": "Available"')) {
    if (Date.now() > end) throw new Error(`Cannot start Velero\n${await server.lastOutput()}`);
    await sleep(500);
  }
  const measure = async (args: string[]): Promise<RunCost> => {
    const before = useOf(server.pid);
    const started = performance.now();
    const output = await velero(...args);
    const seconds = (performance.now() - started) / 1000;
    if (!/completed with status: (Completed|.*warnings)/.test(output))
      throw new Error(`Cannot measure velero ${args.join(" ")}\n${output}\n${await server.lastOutput()}`);
    const after = useOf(server.pid);
    return { seconds, cpuSeconds: after.cpuSeconds - before.cpuSeconds, peakBytes: after.peakBytes };
  };
  const kinds = ["namespaces", ...COLLECTIONS.map(({ resource }) => resource)].join(",");
  return {
    backUp: (namespaces) => {
      backups += 1;
      const name = `${PREFIX}${String(backups).padStart(3, "0")}`;
      const what = [`--include-resources=${kinds}`, `--include-namespaces=${namespaces.join(",")}`];
      return measure(["backup", "create", name, ...what, "--snapshot-volumes=false", "--wait"]);
    },
    restore: async () => {
      // The server finds what the bucket holds by itself, after a while.
      while ((await newest()) === undefined) await sleep(500);
      return await measure(["restore", "create", `--from-backup=${await newest()}`, "--wait"]);
    },
    stop: () => server.stop(),
  };
}

/** What the server and its plug-ins have taken so far; from here on their peaks are counted anew. */
function useOf(pid: number): { cpuSeconds: number; peakBytes: number } {
  let cpuSeconds = 0;
  let peakBytes = 0;
  for (const each of processTree(pid)) {
    const use = readUse(each);
    cpuSeconds += use?.cpuSeconds ?? 0;
    peakBytes += use?.peakBytes ?? 0;
    // https://docs.kernel.org/filesystems/proc.html: 5 sets the peak to what is held now.
    writeFileSync(`/proc/${each}/clear_refs`, "5");
  }
  return { cpuSeconds, peakBytes };
}
