import { isNamespaces, type Resource } from "../kubernetes/resource.ts";
import { compileNamespaces } from "./namespaces.ts";
import { resourcesByName } from "./resources-by-name.ts";
import { compileSelection, type NamedObject, type Selection, type SelectionOptions } from "./selection.ts";

/** The kinds or objects that a command line names, and where they are. */
export interface WordsSelectionOptions {
  kinds: readonly string[];
  /** Undefined where all objects of the kinds are meant. */
  objects: readonly NamedObject[] | undefined;
  /** Names and patterns of the namespaces that namespaced objects must be in; undefined for all. */
  namespaces: readonly string[] | undefined;
  selector?: string | undefined;
}

/**
 * Compiles a selection of named kinds or objects. A Namespace is one of its own: `ns/shop` is found whatever namespace is
 * meant.
 *
 * @param where the source of the resources, for errors: "backup_…".
 * @throws {UsageError} naming unknown kinds.
 */
export function compileWords(
  { kinds, objects, namespaces, selector }: WordsSelectionOptions,
  resources: readonly Resource[],
  where: string,
): Selection {
  const ofNamespaces = (kind: string) => resourcesByName(resources, kind).some(isNamespaces);
  const part = (wanted: (kind: string) => boolean, includeNamespaces: readonly string[] | undefined) => {
    const options: SelectionOptions = { includeNamespaces, selector };
    if (objects === undefined) options.includeKinds = kinds.filter(wanted);
    else options.objects = objects.filter(({ kind }) => wanted(kind));
    return compileSelection(options, resources, where);
  };
  const others = part((kind) => !ofNamespaces(kind), namespaces);
  const apart = part(ofNamespaces, undefined);
  const inside = compileNamespaces({ includeNamespaces: namespaces });
  const hasOthers = kinds.some((kind) => !ofNamespaces(kind));
  const named = new Set(objects?.filter(({ kind }) => ofNamespaces(kind)).map(({ name }) => name));
  const allNamespaces = objects === undefined && kinds.some(ofNamespaces);
  return {
    whole: false,
    resource: (resource) => others.resource(resource) || apart.resource(resource),
    namespace: (name) => (hasOthers && inside(name)) || allNamespaces || named.has(name),
    object: (resource, object) => others.object(resource, object) || apart.object(resource, object),
  };
}
