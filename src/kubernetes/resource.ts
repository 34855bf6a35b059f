/** A resource by what identifies it in whatever version: a GroupResource, as the API machinery calls it. */
export interface GroupResource {
  /** API group, empty for the core group. */
  group: string;
  /** Plural name, `deployments`. */
  resource: string;
}

/**
 * A resource, in the version in which its objects are read and written. It is the one type for resources, whether
 * discovery, an archive's manifest or a constant names them; what needs less of it takes a `Pick`, or
 * {@link GroupResource}.
 */
export interface Resource extends GroupResource {
  /** API version within the group, `v1`. */
  version: string;
  kind: string;
  namespaced: boolean;
  /** Other names that people know it by, `deployment`, `deploy`; absent where the API server does not say. */
  singular?: string;
  shortNames?: readonly string[];
  /** Groups of resources that it belongs to, `all`. */
  categories?: readonly string[];
  /** Versions in which `status` is a subresource; absent where the API server was not asked. */
  statusVersions?: readonly string[];
}

/** What an apiVersion names. */
export type GroupVersion = Pick<Resource, "group" | "version">;

/** A resource as discovery describes it: with all that can be done to it. */
export interface ServedResource extends Resource {
  /** All versions in which it is served, the preferred one, which `version` names, first. */
  versions: readonly string[];
  /** `list`, `create`. */
  verbs: readonly string[];
}

/** Where an object is: cluster-scoped ones have no namespace. */
export interface ObjectKey {
  namespace: string | undefined;
  name: string;
}

/** `deployments.apps`, and `secrets` for the core group: the name that kubectl and RBAC rules use. */
export function resourceName({ group, resource }: GroupResource): string {
  return group === "" ? resource : `${resource}.${group}`;
}

/** `apps/v1`, and `v1` for the core group. */
export function apiVersion({ group, version }: GroupVersion): string {
  return group === "" ? version : `${group}/${version}`;
}

/** The group and version of an apiVersion. Its group is empty for the core group. */
export function parseApiVersion(text: string): GroupVersion {
  const [group = "", version] = text.split("/");
  return version === undefined ? { group: "", version: group } : { group, version };
}

/** Whether it is the resource of Namespaces, in whatever version. */
export function isNamespaces({ group, resource }: GroupResource): boolean {
  return group === NAMESPACES.group && resource === NAMESPACES.resource;
}

/** The path below which the API server serves a version of a group. */
export function versionPath({ group, version }: GroupVersion): string {
  return group === "" ? `/api/${version}` : `/apis/${group}/${version}`;
}

/** The path of a resource's collection, within a namespace where one is given. */
export function collectionPath(resource: Resource, namespace?: string): string {
  const scope = namespace === undefined ? "" : `/namespaces/${encodeURIComponent(namespace)}`;
  return `${versionPath(resource)}${scope}/${resource.resource}`;
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
