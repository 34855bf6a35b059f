import picomatch from "picomatch";
import { UsageError } from "../errors.ts";
import { isNamespaces, type Resource, resourceName } from "../kubernetes/resource.ts";
import { parseFieldSelector } from "./field-selector.ts";
import { parseLabelSelector } from "./label-selector.ts";
import { resourcesOfAll } from "./resources.ts";

/** What is asked for; everything that is missing asks for all, and an empty list of what to include for nothing. */
export interface SelectionOptions {
  /** Globs: `team-*`. */
  includeNamespaces?: readonly string[] | undefined;
  excludeNamespaces?: readonly string[] | undefined;
  /** Kinds by any of their names, `deploy`. */
  includeKinds?: readonly string[] | undefined;
  excludeKinds?: readonly string[] | undefined;
  /** Label selector. */
  selector?: string | undefined;
  fieldSelector?: string | undefined;
  /** Single objects by kind and name, in the included namespaces. */
  objects?: readonly NamedObject[] | undefined;
}

/** One object by kind, of any spelling, and name. */
export interface NamedObject {
  kind: string;
  name: string;
}

/** What of an object a selection looks at. */
export interface SelectableObject {
  metadata?: { name?: string; namespace?: string; labels?: Record<string, unknown> | null };
}

/** Which objects are asked for. */
export interface Selection {
  /** Whether nothing narrows it: it asks for all there is. */
  readonly whole: boolean;
  /** Whether objects of this resource can be asked for. */
  resource(resource: Resource): boolean;
  /** Whether objects of this namespace can be asked for. */
  namespace(name: string): boolean;
  /** Whether this object is asked for. A Namespace counts as being in itself. */
  object(resource: Resource, object: SelectableObject): boolean;
}

/**
 * Compiles what is asked for.
 *
 * Cluster-scoped objects other than Namespaces belong to no namespace: with namespaces asked for, they
 * are only asked for where their kind, or they themselves, are named.
 *
 * @param resources those that there are.
 * @param where what holds them, to be named in errors: "backup_…".
 * @throws {UsageError} naming kinds that there are not, and selectors that are none.
 */
export function compileSelection(
  options: SelectionOptions,
  resources: readonly Resource[],
  where: string,
): Selection {
  const { includeNamespaces, excludeNamespaces, selector, fieldSelector } = options;
  const included = includeNamespaces === undefined ? () => true : namespaceMatcher(includeNamespaces);
  const excluded = namespaceMatcher(excludeNamespaces ?? []);
  const namespace = (name: string) => included(name) && !excluded(name);
  const kinds = compileKinds(options, resources, where);
  const labels = selector === undefined ? undefined : parseLabelSelector(selector);
  const fields = fieldSelector === undefined ? undefined : parseFieldSelector(fieldSelector);
  const anyNamespace = includeNamespaces === undefined;
  const narrowed = kinds.narrowed || labels !== undefined || fields !== undefined;
  return {
    whole: !narrowed && anyNamespace && (excludeNamespaces ?? []).length === 0,
    resource: (resource) =>
      kinds.wanted(resource) &&
      (resource.namespaced || isNamespaces(resource) || anyNamespace || kinds.named),
    namespace,
    object: (resource, object) => {
      const { name = "", labels: its } = object.metadata ?? {};
      if (!kinds.object(resource, name)) return false;
      const home = isNamespaces(resource) ? name : object.metadata?.namespace;
      if (home !== undefined ? !namespace(home) : !(anyNamespace || kinds.named)) return false;
      return (labels?.(its ?? {}) ?? true) && (fields?.(object) ?? true);
    },
  };
}

/** A selection of everything. */
export const EVERYTHING: Selection = compileSelection({}, [], "");

function namespaceMatcher(globs: readonly string[]): (name: string) => boolean {
  if (globs.length === 0) return () => false;
  const wrong = globs.filter((glob) => !/^[-a-z0-9*?[\]]+$/.test(glob));
  if (wrong.length > 0) {
    throw new UsageError(
      wrong.map((glob) => `"${glob}" is no namespace's name: write small letters, digits, "-", "*" or "?"`),
    );
  }
  return picomatch([...globs], { nonegate: true, noextglob: true, nobrace: true });
}

interface Kinds {
  narrowed: boolean;
  /** Whether kinds or objects are named. */
  named: boolean;
  wanted(resource: Resource): boolean;
  object(resource: Resource, name: string): boolean;
}

function compileKinds(
  { includeKinds, excludeKinds = [], objects }: SelectionOptions,
  resources: readonly Resource[],
  where: string,
): Kinds {
  const include =
    includeKinds === undefined ? undefined : names(resourcesOfAll(resources, includeKinds, where));
  const exclude = names(resourcesOfAll(resources, excludeKinds, where));
  const byResource = new Map<string, Set<string>>();
  for (const { kind, name } of objects ?? []) {
    for (const resource of resourcesOfAll(resources, [kind], where)) {
      const wanted = byResource.get(resourceName(resource)) ?? new Set();
      byResource.set(resourceName(resource), wanted.add(name));
    }
  }
  const wanted = (resource: Resource) => {
    const name = resourceName(resource);
    if (exclude.has(name) || include?.has(name) === false) return false;
    return objects === undefined || byResource.has(name);
  };
  return {
    narrowed: include !== undefined || exclude.size > 0 || objects !== undefined,
    named: include !== undefined || objects !== undefined,
    wanted,
    object: (resource, name) =>
      wanted(resource) &&
      (objects === undefined || byResource.get(resourceName(resource))?.has(name) === true),
  };
}

function names(resources: readonly Resource[]): Set<string> {
  return new Set(resources.map(resourceName));
}
