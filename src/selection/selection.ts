import { isNamespaces, type Resource, resourceName } from "../kubernetes/resource.ts";
import { parseFieldSelector } from "./field-selector.ts";
import { parseLabelSelector } from "./label-selector.ts";
import { compileNamespaces, type NamespaceScope } from "./namespaces.ts";
import { resourcesByNames } from "./resources-by-name.ts";

/** Options that select objects. An absent option selects everything, an empty include list nothing. */
export interface SelectionOptions extends NamespaceScope {
  /** Any names of kinds, `deploy`. */
  includeKinds?: readonly string[] | undefined;
  excludeKinds?: readonly string[] | undefined;
  /** Label selector. */
  selector?: string | undefined;
  fieldSelector?: string | undefined;
  /** Single objects of the included namespaces, by kind and name. */
  objects?: readonly NamedObject[] | undefined;
}

/** One object by kind, in any spelling, and name. */
export interface NamedObject {
  kind: string;
  name: string;
}

/** The part of an object that a selection reads. */
export interface SelectableObject {
  metadata?: { name?: string; namespace?: string; labels?: Record<string, unknown> | null };
}

/** A compiled selection of objects. */
export interface Selection {
  /** Whether the selection includes all objects. */
  readonly whole: boolean;
  /** Whether objects of this resource can be selected. */
  resource(resource: Resource): boolean;
  /** Whether objects of this namespace can be selected. */
  namespace(name: string): boolean;
  /** Whether this object is selected. A Namespace object counts as an object of its own namespace. */
  object(resource: Resource, object: SelectableObject): boolean;
}

/**
 * Compiles a selection.
 *
 * Cluster-scoped objects other than Namespaces belong to no namespace: with included namespaces, cluster-scoped
 * objects are selected only if the options name their kind or the objects themselves.
 *
 * @param resources the resources to select from.
 * @param where the source of the resources, for errors: "backup_…".
 * @throws {UsageError} naming unknown kinds and invalid selectors.
 */
export function compileSelection(
  options: SelectionOptions,
  resources: readonly Resource[],
  where: string,
): Selection {
  const { includeNamespaces, excludeNamespaces, selector, fieldSelector } = options;
  const namespace = compileNamespaces({ includeNamespaces, excludeNamespaces });
  const kinds = compileKindSelection(options, resources, where);
  const labels = selector === undefined ? undefined : parseLabelSelector(selector);
  const fields = fieldSelector === undefined ? undefined : parseFieldSelector(fieldSelector);
  const anyNamespace = includeNamespaces === undefined;
  const restricted = kinds.restricted || labels !== undefined || fields !== undefined;
  return {
    whole: !restricted && anyNamespace && (excludeNamespaces ?? []).length === 0,
    resource: (resource) =>
      kinds.resource(resource) &&
      (resource.namespaced || isNamespaces(resource) || anyNamespace || kinds.named),
    namespace,
    object: (resource, object) => {
      const { name = "", labels: objectLabels } = object.metadata ?? {};
      if (!kinds.object(resource, name)) return false;
      const objectNamespace = isNamespaces(resource) ? name : object.metadata?.namespace;
      if (objectNamespace !== undefined ? !namespace(objectNamespace) : !(anyNamespace || kinds.named))
        return false;
      return (labels?.(objectLabels ?? {}) ?? true) && (fields?.(object) ?? true);
    },
  };
}

/** The selection of all objects. */
export const EVERYTHING: Selection = compileSelection({}, [], "");

interface KindSelection {
  restricted: boolean;
  /** Whether the options name kinds or objects. */
  named: boolean;
  resource(resource: Resource): boolean;
  object(resource: Resource, name: string): boolean;
}

function compileKindSelection(
  { includeKinds, excludeKinds = [], objects }: SelectionOptions,
  resources: readonly Resource[],
  where: string,
): KindSelection {
  const include =
    includeKinds === undefined ? undefined : names(resourcesByNames(resources, includeKinds, where));
  const exclude = names(resourcesByNames(resources, excludeKinds, where));
  const byResource = new Map<string, Set<string>>();
  for (const { kind, name } of objects ?? []) {
    for (const resource of resourcesByNames(resources, [kind], where)) {
      const objectNames = byResource.get(resourceName(resource)) ?? new Set();
      byResource.set(resourceName(resource), objectNames.add(name));
    }
  }
  const selected = (resource: Resource) => {
    const name = resourceName(resource);
    if (exclude.has(name) || include?.has(name) === false) return false;
    return objects === undefined || byResource.has(name);
  };
  return {
    restricted: include !== undefined || exclude.size > 0 || objects !== undefined,
    named: include !== undefined || objects !== undefined,
    resource: selected,
    object: (resource, name) =>
      selected(resource) &&
      (objects === undefined || byResource.get(resourceName(resource))?.has(name) === true),
  };
}

function names(resources: readonly Resource[]): Set<string> {
  return new Set(resources.map(resourceName));
}
