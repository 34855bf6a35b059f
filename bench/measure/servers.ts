/** The servers that are measured against, and what they take themselves. */

import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import { type ControlPlane, startControlPlane } from "../../test/support/cluster/control-plane.ts";
import type { Target } from "../raw/http.ts";
import { countRequests } from "./metrics.ts";
import { findProcess, readUse } from "./processes.ts";

/** etcd's default of 2 GB is too little for 1.4 GB of JSON with its revisions; it takes its flags from here too. */
const ETCD_QUOTA = 8 * 1024 ** 3;

/** At rest, API server and controllers take less than this share of a processor over a second. */
const REST_SHARE = 0.15;
/** So many such seconds in a row. */
const REST_SECONDS = 3;
const REST_LIMIT = 15 * 60_000;

/** What an operation costs the servers. */
export interface ServerCost {
  apiServerCpuSeconds: number;
  etcdCpuSeconds: number;
  /** Requests of administrators, whose part everything that is measured plays: controllers have accounts of their own. */
  requests: number;
}

/** A control plane with a view of what it takes. */
export interface MeasuredCluster {
  readonly plane: ControlPlane;
  readonly target: Target;
  /** Does something and says what it cost the servers. */
  costOf<T>(work: () => Promise<T>): Promise<T & ServerCost>;
  /** Waits until the controllers have nothing to do any more. */
  settle(): Promise<void>;
}

/** Starts a control plane, empty. It takes 5 seconds, which is less than emptying one. */
export async function startCluster(): Promise<MeasuredCluster> {
  process.env["ETCD_QUOTA_BACKEND_BYTES"] = String(ETCD_QUOTA);
  const plane = await startControlPlane();
  const { folder, server, caFile, token, request } = plane;
  const apiServer = findProcess("kube-apiserver", folder);
  const controllers = findProcess("kube-controller-manager", folder);
  const etcd = findProcess("etcd", folder);
  const cpu = (pid: number) => readUse(pid)?.cpuSeconds ?? Number.NaN;
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
        // The second reading counts itself.
        requests: countRequests(await request("GET", "/metrics")) - requests - 1,
      };
    },
    settle: async () => {
      const end = Date.now() + REST_LIMIT;
      for (let quiet = 0; quiet < REST_SECONDS; ) {
        if (Date.now() > end) throw new Error("Cannot measure: the control plane does not come to rest");
        const before = cpu(apiServer) + cpu(controllers);
        await sleep(1_000);
        quiet = cpu(apiServer) + cpu(controllers) - before < REST_SHARE ? quiet + 1 : 0;
      }
    },
  };
}
