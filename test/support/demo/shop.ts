/** The demo's web shop as a person looks at it, and whether it is what it was. */

import { isDeepStrictEqual } from "node:util";
import type { ControlPlane } from "../cluster/control-plane.ts";

/** The shop's namespaces. */
export const NAMESPACES = ["shop", "shop-data"];

/** One object of the shop. */
export interface ShopObject {
  namespace: string;
  kind: string;
  name: string;
  /** What a person would look for first: replicas, ports, keys. */
  about: string;
  /** What must come back: all but what each cluster gives anew. */
  content: unknown;
}

const KINDS: readonly (readonly [string, string])[] = [
  ["ConfigMap", "api/v1"],
  ["Secret", "api/v1"],
  ["Service", "api/v1"],
  ["Ingress", "apis/networking.k8s.io/v1"],
  ["DaemonSet", "apis/apps/v1"],
  ["StatefulSet", "apis/apps/v1"],
  ["Deployment", "apis/apps/v1"],
  ["ReplicaSet", "apis/apps/v1"],
];

/** Everything of the shop that is in the cluster, in the order in which it is shown. */
export async function shopObjects(cluster: ControlPlane): Promise<ShopObject[]> {
  const objects: ShopObject[] = [];
  for (const namespace of NAMESPACES) {
    for (const [kind, api] of KINDS) {
      const plural = kind === "Ingress" ? "ingresses" : `${kind.toLowerCase()}s`;
      const { items } = await cluster.request("GET", `/${api}/namespaces/${namespace}/${plural}`);
      for (const item of items) {
        const { name } = item.metadata;
        if (name === "kube-root-ca.crt") continue;
        objects.push({ namespace, kind, name, about: about(kind, item), content: content(item) });
      }
    }
  }
  return objects;
}

/** What came of an object that was there before. */
export function fate(before: ShopObject, now: readonly ShopObject[]): "as it was" | "changed" | "missing" {
  const same = now.find(
    ({ namespace, kind, name }) =>
      namespace === before.namespace && kind === before.kind && name === before.name,
  );
  if (same === undefined) return "missing";
  return isDeepStrictEqual(same.content, before.content) ? "as it was" : "changed";
}

// biome-ignore lint/suspicious/noExplicitAny: objects of every kind, as the API server gives them.
type LiveObject = any;

function content({ metadata, status: _status, ...rest }: LiveObject): unknown {
  const { clusterIP, clusterIPs: _addresses, healthCheckNodePort: _port, ports, ...spec } = rest.spec ?? {};
  // Nobody asks for node ports in the manifest: the API server chooses them.
  const portsGiven = ports?.map(({ nodePort: _chosen, ...port }: LiveObject) => port);
  return {
    ...rest,
    spec: { ...spec, ports: portsGiven, ...(clusterIP === "None" ? { clusterIP } : {}) },
    labels: metadata.labels,
    annotations: metadata.annotations,
    owners: metadata.ownerReferences?.map(({ kind, name }: LiveObject) => `${kind}/${name}`),
  };
}

function about(kind: string, { data, spec }: LiveObject): string {
  switch (kind) {
    case "ConfigMap":
    case "Secret":
      return Object.keys(data ?? {}).join(", ");
    case "Service":
      return `${spec.type}${spec.clusterIP === "None" ? " (headless)" : ""}, port ${spec.ports
        .map(({ port }: LiveObject) => port)
        .join(", ")}`;
    case "Ingress":
      return spec.rules.map(({ host }: LiveObject) => host).join(", ");
    case "DaemonSet":
      return "on every node";
    default:
      return `${spec.replicas} replicas`;
  }
}
