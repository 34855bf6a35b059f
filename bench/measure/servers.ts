/** The servers of the benchmark, and what an operation costs the servers. */

import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import { type ControlPlane, startControlPlane } from "../../test/support/cluster/control-plane.ts";
import type { Target } from "../raw/http.ts";
import { countRequests } from "./metrics.ts";
import { findProcess, readUsage } from "./processes.ts";

/**
 * etcd's default of 2 GB is too small for 1.4 GB of JSON with revisions. etcd reads flags from the environment too.
 */
const ETCD_QUOTA = 8 * 1024 ** 3;

/** At rest, the API server and the controllers use less than this share of a CPU over a second. */
const IDLE_CPU_SHARE = 0.15;
/** Consecutive seconds at rest. */
const IDLE_SECONDS = 3;
const IDLE_TIMEOUT = 15 * 60_000;

/** The cost of an operation for the servers. */
interface ServerCost {
  apiServerCpuSeconds: number;
  etcdCpuSeconds: number;
  /** Requests of administrators. All measured programs are administrators; controllers have their own accounts. */
  requests: number;
}

/** A control plane whose resource usage is measured. */
export interface MeasuredCluster {
  readonly plane: ControlPlane;
  readonly target: Target;
  /** Runs an operation and measures its cost for the servers. */
  costOf<T>(work: () => Promise<T>): Promise<T & ServerCost>;
  /** Waits until the controllers are idle. */
  waitUntilIdle(): Promise<void>;
}

/** Starts an empty control plane. The start takes 5 seconds, less than emptying a control plane. */
export async function startCluster(): Promise<MeasuredCluster> {
  process.env["ETCD_QUOTA_BACKEND_BYTES"] = String(ETCD_QUOTA);
  // Go's default, as in a real cluster.
  process.env["GOGC"] = "100";
  const plane = await startControlPlane();
  const { folder, server, caFile, token, request } = plane;
  const apiServer = findProcess("kube-apiserver", folder);
  const controllers = findProcess("kube-controller-manager", folder);
  const etcd = findProcess("etcd", folder);
  const cpu = (pid: number) => readUsage(pid)?.cpuSeconds ?? Number.NaN;
  return {
    plane,
    target: { server, caFile, token },
    costOf: async (work) => {
      const requests = countRequests(await request("GET", "/metrics"));
      const before = { apiServer: cpu(apiServer), etcd: cpu(etcd) };
      const result = await work();
      const after = { apiServer: cpu(apiServer), etcd: cpu(etcd) };
      return {
        ...result,
        apiServerCpuSeconds: after.apiServer - before.apiServer,
        etcdCpuSeconds: after.etcd - before.etcd,
        // The second read of the metrics counts itself.
        requests: countRequests(await request("GET", "/metrics")) - requests - 1,
      };
    },
    waitUntilIdle: async () => {
      const end = Date.now() + IDLE_TIMEOUT;
      for (let quiet = 0; quiet < IDLE_SECONDS; ) {
        if (Date.now() > end) throw new Error("Cannot measure: the control plane does not come to rest");
        const before = cpu(apiServer) + cpu(controllers);
        await sleep(1_000);
        quiet = cpu(apiServer) + cpu(controllers) - before < IDLE_CPU_SHARE ? quiet + 1 : 0;
      }
    },
  };
}
