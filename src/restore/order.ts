/**
 * The order of a restore: what others need first, workloads last.
 *
 * ReplicaSets come before Deployments: made without owner, they are adopted by their Deployment's
 * controller and keep their revisions, so that `kubectl rollout undo` works. The other way round the
 * controller makes the newest ReplicaSet itself before we can.
 */

/** Stages by resource name; what is in none comes with the workloads' needs, before any workload. */
const STAGES: readonly (readonly string[])[] = [
  ["configmaps", "secrets"],
  ["services"],
  ["ingresses.networking.k8s.io"],
  ["replicasets.apps"],
  ["daemonsets.apps", "statefulsets.apps", "deployments.apps"],
];

const OTHERS = 1;

/**
 * Sorts resources into stages: all of a stage is in the cluster before the next begins.
 *
 * @param names resource names, `deployments.apps`, namespaces aside.
 */
export function stagesOf(names: readonly string[]): string[][] {
  const stages = STAGES.map((): string[] => []);
  for (const name of names) {
    const stage = STAGES.findIndex((members) => members.includes(name));
    stages[stage === -1 ? OTHERS : stage]?.push(name);
  }
  return stages.filter((stage) => stage.length > 0);
}
