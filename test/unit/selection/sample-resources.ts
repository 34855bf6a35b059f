import type { Resource } from "../../../src/kubernetes/resource.ts";

/** Resources as a manifest names them. */
export const RESOURCES: readonly Resource[] = [
  named("", "Namespace", "namespaces", { namespaced: false, shortNames: ["ns"] }),
  named("", "ConfigMap", "configmaps", { shortNames: ["cm"] }),
  named("", "Secret", "secrets"),
  named("", "Service", "services", { shortNames: ["svc"], categories: ["all"] }),
  named("serving.knative.dev", "Service", "services", { shortNames: ["ksvc"] }),
  named("networking.k8s.io", "Ingress", "ingresses", { shortNames: ["ing"] }),
  named("apps", "Deployment", "deployments", { shortNames: ["deploy"], categories: ["all"] }),
  named("rbac.authorization.k8s.io", "ClusterRole", "clusterroles", { namespaced: false }),
];

/** The sample's resource of that full name. */
export function resource(name: string): Resource {
  const found = RESOURCES.find(
    (each) => name === (each.group === "" ? each.resource : `${each.resource}.${each.group}`),
  );
  if (found === undefined) throw new Error(`The sample has no ${name}`);
  return found;
}

/** A resource of this name. */
export function named(group: string, kind: string, plural: string, more: Partial<Resource> = {}): Resource {
  return {
    group,
    version: "v1",
    resource: plural,
    kind,
    namespaced: true,
    singular: kind.toLowerCase(),
    ...more,
  };
}
