/**
 * The resources that are backed up by default, in the order in which a restore creates them: dependencies
 * first, workloads last. Archives are written nearly in this order, so that a restore reads an archive from front
 * to back.
 */
export const DEFAULT_RESOURCES: readonly string[] = [
  "configmaps",
  "secrets",
  "services",
  "replicasets.apps",
  "daemonsets.apps",
  "statefulsets.apps",
  "deployments.apps",
  "ingresses.networking.k8s.io",
];
