import type { UiTree } from "../../pages/browser/ui/data.ts";
import type { Moment } from "./moments.ts";
import { type ObjectGroup, searchNames } from "./object-names.ts";

/** Objects of one answer. */
const PAGE = 200;
/** Namespaces of one answer: more are found by searching. */
const MOST_NAMESPACES = 2_000;

/** Which part of the tree is asked for. */
export interface TreeQuestion {
  /** Words to search for; none for the tree. */
  words: readonly string[];
  /** The empty text is what is in no namespace. */
  namespace: string | undefined;
  resource: string | undefined;
  offset: number;
}

/** A part of the tree of a moment: its namespaces, the kinds of a namespace, the objects of a kind, or what a search finds. */
export async function treeOf(
  { about: moment, names }: Moment,
  { words, namespace, resource, offset }: TreeQuestion,
): Promise<UiTree> {
  const wanted = (group: ObjectGroup) =>
    (namespace === undefined || (group.namespace ?? "") === namespace) &&
    (resource === undefined || group.resource === resource);
  if (words.length > 0 || resource !== undefined) {
    const found = await searchNames(names, { words, wanted }, { offset, limit: PAGE });
    return { moment, ...found };
  }
  const groups = (await names.groups()).filter(wanted);
  const total = groups.reduce((sum, { objects }) => sum + objects, 0);
  if (namespace !== undefined) {
    const kinds = groups
      .map(({ resource, kind, objects }) => ({ resource, kind, objects }))
      .sort((one, other) => (one.kind < other.kind ? -1 : 1));
    return { moment, kinds, total };
  }
  const byNamespace = new Map<string | null, number>();
  for (const each of groups)
    byNamespace.set(each.namespace, (byNamespace.get(each.namespace) ?? 0) + each.objects);
  const namespaces = [...byNamespace]
    .map(([namespace, objects]) => ({ namespace, objects }))
    .sort((one, other) => ((one.namespace ?? "") < (other.namespace ?? "") ? -1 : 1))
    .slice(0, MOST_NAMESPACES);
  return { moment, namespaces, total };
}
