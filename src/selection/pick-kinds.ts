import picomatch from "picomatch";
import { isNamespaces, type Resource, resourceName, type ServedResource } from "../kubernetes/resource.ts";
import type { KindsExpression } from "./kinds-expression.ts";
import { resourcesOf } from "./resources.ts";

/** Options of {@link pickKinds}. */
export interface PickKindsOptions {
  /** Names of the resources that are backed up by default. */
  defaults: readonly string[];
  /** Names of those that `all` and globs pass over. */
  passedOver: ReadonlySet<string>;
}

/** What an expression picks. */
export interface PickedKinds<R> {
  /** In the order in which the server has them, the defaults first, in theirs. */
  resources: R[];
  /** Names that mean nothing that the server serves. */
  unserved: string[];
}

/**
 * The resources that an expression means, of those that can be listed and created: what cannot is no
 * object that could come back.
 */
export function pickKinds<R extends Resource & Pick<ServedResource, "verbs">>(
  expression: KindsExpression | undefined,
  served: readonly R[],
  { defaults, passedOver }: PickKindsOptions,
): PickedKinds<R> {
  const able = served.filter(({ verbs }) => verbs.includes("list") && verbs.includes("create"));
  const picked = new Set<R>();
  const unserved = new Set<string>();
  const base = expression === undefined || expression.base === "default" ? defaults : [];
  const terms = [...base.map((word) => ({ adds: true, word })), ...(expression?.terms ?? [])];
  for (const { adds, word } of terms) {
    const several = word === "all" || /[*?]/.test(word);
    const meant = several ? matching(able, word, passedOver) : resourcesOf(able, word);
    if (!adds) unserved.delete(word);
    else if (meant.length === 0 && !several) unserved.add(word);
    for (const resource of meant) {
      if (adds) picked.add(resource);
      else picked.delete(resource);
    }
  }
  // Namespaces are always captured, before all else.
  const resources = inOrder(able, defaults).filter((each) => picked.has(each) && !isNamespaces(each));
  return { resources, unserved: [...unserved] };
}

function inOrder<R extends Resource>(resources: readonly R[], first: readonly string[]): R[] {
  const place = (each: R) => {
    const index = first.indexOf(resourceName(each));
    return index === -1 ? first.length : index;
  };
  return [...resources].sort((one, other) => place(one) - place(other));
}

function matching<R extends Resource>(
  resources: readonly R[],
  word: string,
  passedOver: ReadonlySet<string>,
): R[] {
  const matches = word === "all" ? () => true : picomatch(word, { nonegate: true, noextglob: true });
  return resources.filter(
    (resource) => !passedOver.has(resourceName(resource)) && matches(resourceName(resource)),
  );
}
