/** Two objects of every kind: one that stays in the cluster and changes, and one that gets lost. */

const NAMESPACE = "rights";
/** A namespace that gets lost. */
export const LOST_NAMESPACE = "rights-lost";

/** Path of a resource's objects. */
export function collection(group: string, resource: string): string {
  return `${group === "" ? "/api/v1" : `/apis/${group}/v1`}/namespaces/${NAMESPACE}/${resource}`;
}

/** The objects, and the namespaces that they are in. */
export function objectsOf(): object[] {
  const namespaces = [NAMESPACE, LOST_NAMESPACE].map((name) => ({
    apiVersion: "v1",
    kind: "Namespace",
    metadata: { name, labels: { app: name } },
  }));
  return [...namespaces, ...["kept", "lost"].flatMap(objectsNamed)];
}

function objectsNamed(name: string): object[] {
  const metadata = { name, namespace: NAMESPACE };
  const labels = { app: name };
  const selector = { matchLabels: labels };
  const template = { metadata: { labels }, spec: { containers: [{ name: "app", image: "app:1" }] } };
  const port = { number: 80 };
  return [
    { apiVersion: "v1", kind: "ConfigMap", metadata, data: { color: "blue" } },
    { apiVersion: "v1", kind: "Secret", metadata, stringData: { password: "TOP-SECRET" } },
    { apiVersion: "v1", kind: "Service", metadata, spec: { selector: labels, ports: [{ port: 80 }] } },
    {
      apiVersion: "networking.k8s.io/v1",
      kind: "Ingress",
      metadata,
      spec: { defaultBackend: { service: { name, port } } },
    },
    { apiVersion: "apps/v1", kind: "ReplicaSet", metadata, spec: { replicas: 0, selector, template } },
    { apiVersion: "apps/v1", kind: "DaemonSet", metadata, spec: { selector, template } },
    {
      apiVersion: "apps/v1",
      kind: "StatefulSet",
      metadata,
      spec: { serviceName: name, replicas: 0, selector, template },
    },
    { apiVersion: "apps/v1", kind: "Deployment", metadata, spec: { replicas: 0, selector, template } },
  ];
}
