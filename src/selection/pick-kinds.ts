import picomatch from "picomatch";
import { isNamespaces, type Resource, resourceName, type ServedResource } from "../kubernetes/resource.ts";
import type { KindsExpression } from "./kinds-expression.ts";
import { resourcesByName } from "./resources-by-name.ts";

/** Options of {@link pickKinds}. */
export interface PickKindsOptions {
  /** Names of the resources that are backed up by default. */
  defaults: readonly string[];
  /** Names of the resources that `all` and globs leave out. */
  leftOutOfPatterns: ReadonlySet<string>;
}

/** The resources that an expression selects. */
export interface PickedKinds<R> {
  /** The defaults first, in their order, then the others in the order of the API server. */
  resources: R[];
  /** Names that the API server does not serve. */
  unserved: string[];
}

/**
 * The resources that an expression selects, of those with the verbs list and create: other resources cannot
 * be backed up or restored.
 */
export function pickKinds<R extends Resource & Pick<ServedResource, "verbs">>(
  expression: KindsExpression | undefined,
  served: readonly R[],
  { defaults, leftOutOfPatterns }: PickKindsOptions,
): PickedKinds<R> {
  const supported = served.filter(({ verbs }) => verbs.includes("list") && verbs.includes("create"));
  const picked = new Set<R>();
  const unserved = new Set<string>();
  const base = expression === undefined || expression.base === "default" ? defaults : [];
  const terms = [...base.map((word) => ({ adds: true, word })), ...(expression?.terms ?? [])];
  for (const { adds, word } of terms) {
    const isPattern = word === "all" || /[*?]/.test(word);
    const matched = isPattern
      ? matching(supported, word, leftOutOfPatterns)
      : resourcesByName(supported, word);
    if (!adds) unserved.delete(word);
    else if (matched.length === 0 && !isPattern) unserved.add(word);
    for (const resource of matched) {
      if (adds) picked.add(resource);
      else picked.delete(resource);
    }
  }
  // Namespaces are always captured, before all other resources.
  const resources = defaultsFirst(supported, defaults).filter(
    (each) => picked.has(each) && !isNamespaces(each),
  );
  return { resources, unserved: [...unserved] };
}

function defaultsFirst<R extends Resource>(resources: readonly R[], defaults: readonly string[]): R[] {
  const rank = (each: R) => {
    const index = defaults.indexOf(resourceName(each));
    return index === -1 ? defaults.length : index;
  };
  return [...resources].sort((one, other) => rank(one) - rank(other));
}

function matching<R extends Resource>(
  resources: readonly R[],
  word: string,
  leftOutOfPatterns: ReadonlySet<string>,
): R[] {
  const matches = word === "all" ? () => true : picomatch(word, { nonegate: true, noextglob: true });
  return resources.filter(
    (resource) => !leftOutOfPatterns.has(resourceName(resource)) && matches(resourceName(resource)),
  );
}
