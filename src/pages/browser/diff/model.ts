import type { PageField, PageObject } from "./data.ts";

/** An object of the list, and what the reader did with it. */
export interface Item {
  object: PageObject;
  place: number;
  open: boolean;
}

/** What the reader wants to see. Undefined is everything; a null namespace is the cluster itself. */
export interface Filter {
  words: string[];
  change?: string | undefined;
  namespace?: string | null | undefined;
  resource?: string | undefined;
}

/** An item of the list as it is shown, those that follow it below it. */
export interface Branch {
  item: Item;
  below: Branch[];
}

/** The items of one namespace. */
export interface Section {
  namespace: string | null;
  count: number;
  branches: Branch[];
}

/** What a filter leaves. */
export interface Shown {
  /** In the order in which they are shown. */
  items: Item[];
  sections: Section[];
  /** How many would be shown for each kind of change, and for all of them. */
  counts: Record<string, number>;
}

export type Model = ReturnType<typeof createModel>;

/** The objects of the page and what a filter leaves of them. */
export function createModel(objects: PageObject[]) {
  const items: Item[] = objects.map((object, place) => ({ object, place, open: false }));
  const places = new Map(objects.map(({ id }, place) => [id, place]));
  const texts: string[] = [];

  function fieldTexts(field: PageField): string[] {
    if ("secret" in field) return [field.path];
    const lines = field.lines.flatMap((part) => ("both" in part ? part.both : [...part.left, ...part.right]));
    return [field.path, ...lines.map((line) => (typeof line === "string" ? line : line.join("")))];
  }

  /** Everything of an object that can be searched for. */
  function searchText({ object, place }: Item): string {
    const known = texts[place];
    if (known !== undefined) return known;
    const { kind, resource, namespace, name, change, yaml, fields } = object;
    const parts = [
      kind,
      resource,
      `${namespace ?? ""}/${name}`,
      change,
      yaml ?? "",
      ...fields.flatMap(fieldTexts),
    ];
    const text = parts.join("\n").toLowerCase();
    texts[place] = text;
    return text;
  }

  function passes(item: Item, { words, namespace, resource }: Filter): boolean {
    if (namespace !== undefined && item.object.namespace !== namespace) return false;
    if (resource !== undefined && item.object.resource !== resource) return false;
    if (words.length === 0) return true;
    const text = searchText(item);
    return words.every((word) => text.includes(word));
  }

  function apply(filter: Filter): Shown {
    const counts: Record<string, number> = { all: 0, added: 0, changed: 0, removed: 0 };
    const branches = new Map<number, Branch>();
    for (const item of items) {
      if (!passes(item, filter)) continue;
      const { change } = item.object;
      counts["all"] = (counts["all"] ?? 0) + 1;
      counts[change] = (counts[change] ?? 0) + 1;
      if (filter.change === undefined || filter.change === change) {
        branches.set(item.place, { item, below: [] });
      }
    }
    const sections = arrange(branches);
    const shown: Item[] = [];
    for (const section of sections) {
      const before = shown.length;
      for (const branch of section.branches) flatten(branch, shown);
      section.count = shown.length - before;
    }
    return { items: shown, sections, counts };
  }

  /** Puts what follows below what it follows, and the rest into the sections of their namespaces. */
  function arrange(branches: ReadonlyMap<number, Branch>): Section[] {
    const sections: Section[] = [];
    for (const branch of branches.values()) {
      const { follows, namespace } = branch.item.object;
      const leader = branches.get(follows?.place ?? -1);
      if (leader !== undefined) {
        leader.below.push(branch);
        continue;
      }
      const last = sections.at(-1);
      if (last?.namespace === namespace) last.branches.push(branch);
      else sections.push({ namespace, count: 0, branches: [branch] });
    }
    return sections;
  }

  function flatten({ item, below }: Branch, into: Item[]): void {
    into.push(item);
    for (const branch of below) flatten(branch, into);
  }

  function byId(id: string): Item | undefined {
    const place = places.get(id);
    return place === undefined ? undefined : items[place];
  }

  return { items, apply, byId };
}
