/** The order of the list: equal changes first, then by namespace, with what follows an object below it. */

import type { PageObject } from "./data.ts";

/** An object of the list, and its index in the data. */
export interface Item {
  object: PageObject;
  place: number;
}

/** An item of the list as it is shown, those that follow it below it. */
interface Branch {
  item: Item;
  below: Branch[];
}

/** Objects whose changes are equal. */
export interface Group {
  equal: number;
  items: readonly [Item, ...Item[]];
}

export type Entry = Branch | Group;

/** Groups of equal changes, or what is in one namespace; a null namespace is the cluster itself. */
export interface Section {
  title: "equal" | { namespace: string | null };
  /** Objects in it, at any depth. */
  count: number;
  entries: readonly Entry[];
}

/** The fewest objects with equal changes that are one group. */
const MIN_GROUP = 3;

/**
 * The sections of items, which come in the order of the data.
 *
 * @param apart the id of an object that is in no group: a link leads to it.
 */
export function arrange(items: readonly Item[], apart?: string): Section[] {
  const groups = groupsOf(items.filter(({ object }) => object.id !== apart));
  const grouped = new Set(groups.flatMap((group) => group.items));
  const branches = new Map<number, Branch>(
    items.filter((item) => !grouped.has(item)).map((item) => [item.place, { item, below: [] }]),
  );
  const namespaces: { namespace: string | null; branches: Branch[] }[] = [];
  for (const branch of branches.values()) {
    const { follows, namespace } = branch.item.object;
    const leader = branches.get(follows?.place ?? -1);
    if (leader !== undefined) {
      leader.below.push(branch);
      continue;
    }
    const last = namespaces.at(-1);
    if (last?.namespace === namespace) last.branches.push(branch);
    else namespaces.push({ namespace, branches: [branch] });
  }
  const sections: Section[] = namespaces.map(({ namespace, branches: entries }) => ({
    title: { namespace },
    count: entries.flatMap(itemsOf).length,
    entries,
  }));
  return groups.length === 0
    ? sections
    : [{ title: "equal", count: grouped.size, entries: groups }, ...sections];
}

function groupsOf(items: readonly Item[]): Group[] {
  const groups = new Map<number, [Item, ...Item[]]>();
  for (const item of items) {
    const { equal } = item.object;
    if (equal === undefined) continue;
    const group = groups.get(equal);
    if (group === undefined) groups.set(equal, [item]);
    else group.push(item);
  }
  return [...groups]
    .filter(([, members]) => members.length >= MIN_GROUP)
    .map(([equal, members]) => ({ equal, items: members }));
}

/** What names an entry, and no other one: the id of an object, and `=3` for a group. Ids of objects hold no `=`. */
export function keyOf(entry: Entry): string {
  return "equal" in entry ? `=${entry.equal}` : entry.item.object.id;
}

/** The items of sections in the order in which they are shown. */
export function flatten(sections: readonly Section[]): Item[] {
  return sections.flatMap(({ entries }) => entries.flatMap(itemsOf));
}

/** The items of an entry in the order in which they are shown. */
export function itemsOf(entry: Entry): readonly Item[] {
  return "equal" in entry ? entry.items : [entry.item, ...entry.below.flatMap(itemsOf)];
}
