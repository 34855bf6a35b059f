/**
 * The resources that a backup holds, in the order in which a restore makes them: what others need
 * first, workloads last. Archives are written in this order, so that a restore reads them front to
 * back.
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
