/** Whether a workload is ready, without I/O: as `kubectl rollout status` has it, and of Jobs as helm. */

/** The fields of Deployments, StatefulSets, DaemonSets and Jobs that tell. */
export interface Workload {
  metadata: { name: string; namespace?: string; generation?: number };
  spec?: {
    replicas?: number;
    updateStrategy?: { type?: string; rollingUpdate?: { partition?: number } };
    completions?: number;
    suspend?: boolean;
  };
  status?: {
    observedGeneration?: number;
    replicas?: number;
    readyReplicas?: number;
    availableReplicas?: number;
    updatedReplicas?: number;
    desiredNumberScheduled?: number;
    updatedNumberScheduled?: number;
    numberReady?: number;
    numberAvailable?: number;
    succeeded?: number;
    conditions?: { type: string; status: string; reason?: string }[];
  };
}

/** The kinds that are waited for. */
export type WorkloadKind = "Deployment" | "StatefulSet" | "DaemonSet" | "Job";

/** Why a workload is not ready; undefined where it is. */
export function whyNotReady(kind: WorkloadKind, workload: Workload): string | undefined {
  if (kind === "Job") return ofJob(workload);
  const { metadata, status = {} } = workload;
  if ((status.observedGeneration ?? 0) < (metadata.generation ?? 1))
    return "its controller has not looked at it yet";
  if (kind === "Deployment") return ofDeployment(workload);
  if (kind === "StatefulSet") return ofStatefulSet(workload);
  return ofDaemonSet(workload);
}

/** Whether it is a Job that has failed, which no time makes ready. */
export function isFailedJob(kind: WorkloadKind, { status = {} }: Workload): boolean {
  return kind === "Job" && conditionOf(status, "Failed") !== undefined;
}

/** A Job is ready when it is complete; one that is suspended has nothing to wait for. */
function ofJob({ spec = {}, status = {} }: Workload): string | undefined {
  if (conditionOf(status, "Complete") !== undefined) return undefined;
  const failed = conditionOf(status, "Failed");
  if (failed !== undefined) return `it has failed (${failed.reason ?? "without a reason"})`;
  if (spec.suspend === true) return undefined;
  const { succeeded = 0 } = status;
  return `${succeeded} of ${spec.completions ?? 1} Pods have succeeded`;
}

function conditionOf({ conditions = [] }: NonNullable<Workload["status"]>, wanted: string) {
  return conditions.find(({ type, status }) => type === wanted && status === "True");
}

function ofDeployment({ spec = {}, status = {} }: Workload): string | undefined {
  const { replicas: wanted = 1 } = spec;
  const { replicas = 0, updatedReplicas = 0, availableReplicas = 0 } = status;
  if (updatedReplicas < wanted) return `${updatedReplicas} of ${wanted} Pods are of its template`;
  if (replicas > updatedReplicas) return `${replicas - updatedReplicas} old Pods are still there`;
  return availableReplicas < wanted ? `${availableReplicas} of ${wanted} Pods are available` : undefined;
}

function ofStatefulSet({ spec = {}, status = {} }: Workload): string | undefined {
  const { replicas: wanted = 1, updateStrategy = {} } = spec;
  const { readyReplicas = 0, updatedReplicas = 0 } = status;
  if (readyReplicas < wanted) return `${readyReplicas} of ${wanted} Pods are ready`;
  if (updateStrategy.type === "OnDelete") return undefined;
  const updated = wanted - (updateStrategy.rollingUpdate?.partition ?? 0);
  return updatedReplicas < updated ? `${updatedReplicas} of ${updated} Pods are of its template` : undefined;
}

function ofDaemonSet({ spec = {}, status = {} }: Workload): string | undefined {
  const { desiredNumberScheduled: wanted = 0, updatedNumberScheduled = 0, numberAvailable = 0 } = status;
  if (spec.updateStrategy?.type !== "OnDelete" && updatedNumberScheduled < wanted)
    return `${updatedNumberScheduled} of ${wanted} Pods are of its template`;
  return numberAvailable < wanted ? `${numberAvailable} of ${wanted} Pods are available` : undefined;
}
