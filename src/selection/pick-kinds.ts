import picomatch from "picomatch";
import { isNamespaces, type Resource, resourceName, type ServedResource } from "../kubernetes/resource.ts";
import type { KindsExpression } from "./kinds-expression.ts";
import { describeAmbiguousNames, resourcesByName } from "./resources-by-name.ts";

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
  /** Those that a term names, rather than the defaults, `all` or a glob. */
  named: ReadonlySet<R>;
  /** Names that the API server does not serve. */
  unserved: string[];
  /** One sentence for each name that several API groups have: which is meant. */
  notes: string[];
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
  const terms = expression?.terms ?? [];
  for (const { adds, word } of [...base.map((word) => ({ adds: true, word })), ...terms]) {
    const matched = isPattern(word)
      ? matching(supported, word, leftOutOfPatterns)
      : (exactly(supported, base, word) ?? resourcesByName(supported, word));
    if (!adds) unserved.delete(word);
    else if (matched.length === 0 && !isPattern(word)) unserved.add(word);
    for (const resource of matched) {
      if (adds) picked.add(resource);
      else picked.delete(resource);
    }
  }
  // Namespaces are always captured, before all other resources.
  const resources = defaultsFirst(supported, defaults).filter(
    (each) => picked.has(each) && !isNamespaces(each),
  );
  const names = terms.map(({ word }) => word).filter((word) => !isPattern(word));
  const named = new Set(names.flatMap((name) => resourcesByName(supported, name)));
  return { resources, named, unserved: [...unserved], notes: describeAmbiguousNames(supported, names) };
}

/** Whether a word of KINDS is `all` or a glob. */
export function isPattern(word: string): boolean {
  return word === "all" || /[*?]/.test(word);
}

/** A default is the resource of that very name: `services` is that of the core group and no other. */
function exactly<R extends Resource>(
  resources: readonly R[],
  defaults: readonly string[],
  word: string,
): R[] | undefined {
  return defaults.includes(word) ? resources.filter((each) => resourceName(each) === word) : undefined;
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
