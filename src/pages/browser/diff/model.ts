import { arrange, flatten, type Item, type Section } from "./arrange.ts";
import type { PageField, PageObject } from "./data.ts";
import type { Filter } from "./filter.ts";

/** What a filter leaves. */
export interface Shown {
  /** In the order in which they are shown. */
  items: readonly Item[];
  sections: readonly Section[];
  /** How many would be shown for each kind of change, and for all of them. */
  counts: Readonly<Record<string, number>>;
}

export type Model = ReturnType<typeof createModel>;

/** The objects of the page and what a filter leaves of them. */
export function createModel(objects: readonly PageObject[]) {
  const items: Item[] = objects.map((object, place) => ({ object, place }));
  const places = new Map(objects.map(({ id }, place) => [id, place]));
  const texts: string[] = [];

  function passes(item: Item, { words, namespace, resource, isWithoutCluster }: Filter): boolean {
    const { object, place } = item;
    if (namespace !== undefined && object.namespace !== namespace) return false;
    if (resource !== undefined && object.resource !== resource) return false;
    if (isWithoutCluster === true && object.byController === true) return false;
    if (words.length === 0) return true;
    texts[place] ??= searchText(object);
    const text = texts[place];
    return words.every((word) => text.includes(word));
  }

  /** @param apart the id of an object that is in no group. */
  function apply(filter: Filter, apart?: string): Shown {
    const counts: Record<string, number> = { all: 0, added: 0, changed: 0, removed: 0 };
    const shown: Item[] = [];
    for (const item of items) {
      if (!passes(item, filter)) continue;
      const { change } = item.object;
      counts["all"] = (counts["all"] ?? 0) + 1;
      counts[change] = (counts[change] ?? 0) + 1;
      if (filter.change === undefined || filter.change === change) shown.push(item);
    }
    const sections = arrange(shown, apart);
    return { items: flatten(sections), sections, counts };
  }

  function byId(id: string): Item | undefined {
    const place = places.get(id);
    return place === undefined ? undefined : items[place];
  }

  /** How many objects have something that the cluster wrote itself. */
  const byCluster = objects.filter(
    ({ byController, fields }) => byController === true || fields.some((field) => "byCluster" in field),
  ).length;

  return { items, apply, byId, byCluster };
}

/** Everything of an object that can be searched for. */
function searchText({ kind, resource, namespace, name, change, yaml, fields }: PageObject): string {
  const place = `${namespace ?? ""}/${name}`;
  return [kind, resource, place, change, yaml ?? "", ...fields.flatMap(fieldTexts)].join("\n").toLowerCase();
}

function fieldTexts(field: PageField): string[] {
  if ("secret" in field) return [field.path];
  const lines = field.lines.flatMap((part) => ("both" in part ? part.both : [...part.left, ...part.right]));
  return [field.path, ...lines.map((line) => (typeof line === "string" ? line : line.join("")))];
}
