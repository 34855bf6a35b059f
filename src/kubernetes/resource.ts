/** A resource in any version: a GroupResource, as the API machinery calls it. */
export interface GroupResource {
  /** API group, empty for the core group. */
  group: string;
  /** Plural name, `deployments`. */
  resource: string;
}

/**
 * A resource (GVR) and its kind (GVK), in the version in which its objects are read and written. This is the one type
 * for resources, whether from discovery, from the manifest of an archive or from a constant. Functions that need less
 * take a `Pick`, or {@link GroupResource}.
 */
export interface Resource extends GroupResource {
  /** API version within the group, `v1`. */
  version: string;
  kind: string;
  namespaced: boolean;
  /** Other names of the resource, `deployment`, `deploy`; absent where the API server does not say. */
  singular?: string;
  shortNames?: readonly string[];
  /** Categories of the resource, `all`. */
  categories?: readonly string[];
  /** Versions with the status subresource; absent where the API server was not asked. */
  statusVersions?: readonly string[];
}

/** The parts of an apiVersion. */
export type GroupVersion = Pick<Resource, "group" | "version">;

/** A resource as discovery describes it, with its verbs. */
export interface ServedResource extends Resource {
  /** All served versions. The preferred version, which is `version`, comes first. */
  versions: readonly string[];
  /** `list`, `create`. */
  verbs: readonly string[];
}

/** A resource in a version, where that is served, and in the preferred version otherwise. */
export function inVersion(resource: ServedResource, version: string): ServedResource {
  return resource.versions.includes(version) ? { ...resource, version } : resource;
}

/** Namespace and name of an object. Cluster-scoped objects have no namespace. */
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

/** Parses an apiVersion. The group is empty for the core group. */
export function parseApiVersion(text: string): GroupVersion {
  const [group = "", version] = text.split("/");
  return version === undefined ? { group: "", version: group } : { group, version };
}

/** Whether a resource is that of Namespaces, in any version. */
export function isNamespaces({ group, resource }: GroupResource): boolean {
  return group === NAMESPACES.group && resource === NAMESPACES.resource;
}

/** The base path of a version of a group. */
export function versionPath({ group, version }: GroupVersion): string {
  return group === "" ? `/api/${segment(version)}` : `/apis/${segment(group)}/${segment(version)}`;
}

/** The path of the collection of a resource, within a namespace where one is given. */
export function collectionPath(resource: Resource, namespace?: string): string {
  const scope = namespace === undefined ? "" : `/namespaces/${segment(namespace)}`;
  return `${versionPath(resource)}${scope}/${segment(resource.resource)}`;
}

/** The path of one object. */
export function objectPath(resource: Resource, { namespace, name }: ObjectKey): string {
  return `${collectionPath(resource, namespace)}/${segment(name)}`;
}

/**
 * A name as one segment of a request's path.
 *
 * @throws {RangeError} where the name would lead to another path: names of archives and of owners are checked before.
 */
function segment(name: string): string {
  if (name === "" || name === "." || name === "..") throw new RangeError("A name leads to another path");
  return encodeURIComponent(name.toWellFormed());
}

/** `deployment shop/web`: an object in errors and reports. */
export function objectTitle(kind: string, { namespace, name }: ObjectKey): string {
  return `${kind} ${namespace === undefined ? "" : `${namespace}/`}${name}`;
}

/** Namespaces, in the version that every API server serves. */
export const NAMESPACES: Resource = {
  group: "",
  version: "v1",
  resource: "namespaces",
  kind: "Namespace",
  namespaced: false,
};

/** ConfigMaps, in the version that every API server serves. */
export const CONFIG_MAPS: Resource = {
  group: "",
  version: "v1",
  resource: "configmaps",
  kind: "ConfigMap",
  namespaced: true,
};

/** CustomResourceDefinitions (CRDs), which every API server serves so. The name of a CRD is the name of its resource. */
export const CUSTOM_RESOURCE_DEFINITIONS: Resource = {
  group: "apiextensions.k8s.io",
  version: "v1",
  resource: "customresourcedefinitions",
  kind: "CustomResourceDefinition",
  namespaced: false,
};
