import type { ApiClient } from "../../cluster/requests/api-client.ts";
import { ApiError } from "../../cluster/requests/api-error.ts";
import { collectionPath, type Resource } from "../../kubernetes/resource.ts";
import { sleep } from "../../time/sleep.ts";
import { isFailedJob, type Workload, type WorkloadKind, whyNotReady } from "./readiness.ts";

/** From one look at the cluster to the next, in milliseconds. */
const INTERVAL = 2_000;

/** What is waited for, by the names of the resources. */
const WORKLOADS: Readonly<Record<string, WorkloadKind>> = {
  "deployments.apps": "Deployment",
  "statefulsets.apps": "StatefulSet",
  "daemonsets.apps": "DaemonSet",
  "jobs.batch": "Job",
};

/** A workload that is to become ready. */
export interface AwaitedWorkload {
  kind: WorkloadKind;
  namespace: string;
  name: string;
}

/** One that has not. */
export interface NotReady extends AwaitedWorkload {
  reason: string;
}

/** Options of {@link waitUntilReady}. */
export interface WaitOptions {
  client: ApiClient;
  workloads: readonly AwaitedWorkload[];
  /** How long, in milliseconds. */
  timeout: number;
  /** Milliseconds of a clock that nobody sets. */
  monotonic: () => number;
  /** Told after each look how many are not ready. */
  onLook?: ((waiting: number) => void) | undefined;
}

/** The kind of a workload that can be waited for, by the name of its resource; undefined for all else. */
export function awaitedKind(resource: string): WorkloadKind | undefined {
  return WORKLOADS[resource];
}

/**
 * Waits until workloads are ready. A Job that has failed is waited for no longer.
 *
 * @returns those that are not when the time is over; none where all are.
 * @throws {ApiError} where the API server does not answer.
 */
export async function waitUntilReady(
  { client, workloads, timeout, monotonic, onLook }: WaitOptions,
  signal: AbortSignal,
): Promise<NotReady[]> {
  const end = monotonic() + timeout;
  const failed: NotReady[] = [];
  for (let waiting: readonly AwaitedWorkload[] = workloads; ; ) {
    const looked = await look(client, waiting, signal);
    failed.push(...looked.failed);
    const { notReady } = looked;
    onLook?.(failed.length + notReady.length);
    const left = end - monotonic();
    if (notReady.length === 0 || left <= 0) return [...failed, ...notReady];
    await sleep(Math.min(INTERVAL, left), signal);
    waiting = notReady;
  }
}

/** Those that are not ready yet, and Jobs that never will be, by one list for each kind and namespace. */
async function look(
  client: ApiClient,
  workloads: readonly AwaitedWorkload[],
  signal: AbortSignal,
): Promise<{ notReady: NotReady[]; failed: NotReady[] }> {
  const groups = Map.groupBy(workloads, ({ kind, namespace }) => `${kind} ${namespace}`);
  const notReady: NotReady[] = [];
  const failed: NotReady[] = [];
  for (const group of groups.values()) {
    const found = await list(client, group[0] as AwaitedWorkload, signal);
    for (const { kind, namespace, name } of group) {
      const workload = typeof found === "string" ? undefined : found.get(name);
      const missing = typeof found === "string" ? found : "it is gone";
      const reason = workload === undefined ? missing : whyNotReady(kind, workload);
      if (reason === undefined) continue;
      const isFinal = workload !== undefined && isFailedJob(kind, workload);
      (isFinal ? failed : notReady).push({ kind, namespace, name, reason });
    }
  }
  return { notReady, failed };
}

/** The workloads of a kind in a namespace, by name; a text says why they cannot be read. */
async function list(
  client: ApiClient,
  { kind, namespace }: AwaitedWorkload,
  signal: AbortSignal,
): Promise<Map<string, Workload> | string> {
  const resource: Resource = {
    ...{ group: kind === "Job" ? "batch" : "apps", version: "v1" },
    ...{ resource: `${kind.toLowerCase()}s`, kind, namespaced: true },
  };
  const path = collectionPath(resource, namespace);
  try {
    const request = { what: `list ${resource.resource} in ${namespace}`, path };
    const { items = [] } = await client.get<{ items?: Workload[] }>(request, signal);
    return new Map(items.map((workload) => [workload.metadata.name, workload]));
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 403) throw error;
    return "whether it is ready may not be read";
  }
}
