/** A resource that an API server serves, in the version in which it is read and written. */
export interface Resource {
  /** API group, empty for the core group. */
  group: string;
  /** API version within the group, `v1`. */
  version: string;
  /** Plural name, `deployments`. */
  resource: string;
  kind: string;
  namespaced: boolean;
  /** Versions in which `status` is a subresource; absent where the API server was not asked. */
  statusVersions?: readonly string[];
}

/** Where an object is: cluster-scoped ones have no namespace. */
export interface ObjectKey {
  namespace: string | undefined;
  name: string;
}

/** `deployments.apps`, and `secrets` for the core group: the name that kubectl and RBAC rules use. */
export function resourceName({ group, resource }: Pick<Resource, "group" | "resource">): string {
  return group === "" ? resource : `${resource}.${group}`;
}

/** `apps/v1`, and `v1` for the core group. */
export function apiVersion({ group, version }: Pick<Resource, "group" | "version">): string {
  return group === "" ? version : `${group}/${version}`;
}

/** The path of a resource's collection, within a namespace where one is given. */
export function collectionPath(resource: Resource, namespace?: string): string {
  const root =
    resource.group === "" ? `/api/${resource.version}` : `/apis/${resource.group}/${resource.version}`;
  const scope = namespace === undefined ? "" : `/namespaces/${encodeURIComponent(namespace)}`;
  return `${root}${scope}/${resource.resource}`;
}

/** The path of one object. */
export function objectPath(resource: Resource, { namespace, name }: ObjectKey): string {
  return `${collectionPath(resource, namespace)}/${encodeURIComponent(name)}`;
}

/** `deployment shop/web`, as errors and reports name an object. */
export function objectTitle(kind: string, { namespace, name }: ObjectKey): string {
  return `${kind} ${namespace === undefined ? "" : `${namespace}/`}${name}`;
}

/** Namespaces, which every API server serves so. */
export const NAMESPACES: Resource = {
  group: "",
  version: "v1",
  resource: "namespaces",
  kind: "Namespace",
  namespaced: false,
};

/** ConfigMaps, which every API server serves so. */
export const CONFIG_MAPS: Resource = {
  group: "",
  version: "v1",
  resource: "configmaps",
  kind: "ConfigMap",
  namespaced: true,
};
