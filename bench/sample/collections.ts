/** The API path of a kind that is backed up. */
export interface Collection {
  kind: string;
  apiVersion: string;
  /** `/api/v1`, `/apis/apps/v1` */
  root: string;
  resource: string;
}

function collection(apiVersion: string, resource: string, kind: string): Collection {
  const root = apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  return { kind, apiVersion, root, resource };
}

export const NAMESPACES = collection("v1", "namespaces", "Namespace");

/** The eight kinds that are backed up by default, in restore order. */
export const COLLECTIONS: readonly Collection[] = [
  collection("v1", "configmaps", "ConfigMap"),
  collection("v1", "secrets", "Secret"),
  collection("v1", "services", "Service"),
  collection("apps/v1", "replicasets", "ReplicaSet"),
  collection("apps/v1", "daemonsets", "DaemonSet"),
  collection("apps/v1", "statefulsets", "StatefulSet"),
  collection("apps/v1", "deployments", "Deployment"),
  collection("networking.k8s.io/v1", "ingresses", "Ingress"),
];
