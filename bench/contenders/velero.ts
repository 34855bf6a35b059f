/**
 * Runs Velero's server as a process beside the control plane, with default settings. Velero's command line sends
 * requests to the server and waits. Volumes are excluded, as in kube-backup.
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
import { processTree, readUsage } from "../measure/processes.ts";
import type { RunCost } from "../measure/run-measured.ts";
import type { BenchOptions } from "../options.ts";
import { COLLECTIONS } from "../sample/collections.ts";

const BUCKET = "velero";
const NAMESPACE = "velero";
const READY_TIMEOUT = 120_000;
/** Prefix of the backup names. Restores use the newest backup. */
const PREFIX = "bench-";

/** Velero in one cluster. */
export interface Velero {
  /**
   * Backs up these namespaces. The objects in all other namespaces exist in every cluster and would disturb a
   * restore.
   */
  backUp(namespaces: readonly string[]): Promise<RunCost>;
  restore(): Promise<RunCost>;
  stop(): Promise<void>;
}

/** Installs Velero's prerequisites and starts the server. Waits until the server knows the bucket and its backups. */
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
  // A plug-in reads the server's own Deployment. Without the Deployment, restores fail.
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
  const end = Date.now() + READY_TIMEOUT;
  while (!(await velero("backup-location", "get", "--output=json")).includes('"phase": "Available"')) {
    if (Date.now() > end) throw new Error(`Cannot start Velero\n${await server.lastOutput()}`);
    await sleep(500);
  }
  const measure = async (args: string[]): Promise<RunCost> => {
    const before = usageOf(server.pid);
    const started = performance.now();
    const output = await velero(...args);
    const seconds = (performance.now() - started) / 1000;
    if (!/completed with status: (Completed|.*warnings)/.test(output))
      throw new Error(`Cannot measure velero ${args.join(" ")}\n${output}\n${await server.lastOutput()}`);
    const after = usageOf(server.pid);
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
      // The server discovers the backups in the bucket after a delay.
      while ((await newest()) === undefined) await sleep(500);
      return await measure(["restore", "create", `--from-backup=${await newest()}`, "--wait"]);
    },
    stop: () => server.stop(),
  };
}

/** CPU time and peak memory of the server and its plug-ins so far. Resets the peaks. */
function usageOf(pid: number): { cpuSeconds: number; peakBytes: number } {
  let cpuSeconds = 0;
  let peakBytes = 0;
  for (const each of processTree(pid)) {
    const use = readUsage(each);
    cpuSeconds += use?.cpuSeconds ?? 0;
    peakBytes += use?.peakBytes ?? 0;
    // https://docs.kernel.org/filesystems/proc.html: 5 resets the peak to the current memory.
    writeFileSync(`/proc/${each}/clear_refs`, "5");
  }
  return { cpuSeconds, peakBytes };
}
