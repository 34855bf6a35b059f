import { render } from "preact";
import { visibleText } from "../elements/visible-text.ts";
import type { Filter, Item, Model, Shown } from "./model.ts";
import type { List } from "./object-list.ts";
import type { Rows } from "./rows.ts";

export type Controls = ReturnType<typeof createControls>;

/** Search, filters and their counts. */
export function createControls(window: Window & typeof globalThis, model: Model, rows: Rows, list: List) {
  const { document } = window;
  const by = (id: string) => document.getElementById(id) as HTMLElement;
  const [search, status, clear] = [by("search") as HTMLInputElement, by("status"), by("clear")];
  const changes = [...document.querySelectorAll<HTMLButtonElement>("button.change")];
  const cells = [...document.querySelectorAll<HTMLButtonElement>("button.cell")];
  /** A pause in typing after which the search begins, in milliseconds. */
  const pause = model.items.length > 1000 ? 60 : 0;

  let filter: Filter = { words: [] };
  let shown: Shown = model.apply(filter);
  let timer = 0;

  function update(change: Partial<Filter>): void {
    filter = { ...filter, ...change };
    shown = model.apply(filter);
    const number = (count: number | undefined) => (count ?? 0).toLocaleString("en-US");
    for (const button of changes) {
      const change = button.dataset["change"] ?? "all";
      pressed(button, change === (filter.change ?? "all"));
      const count = button.querySelector(".count");
      if (count !== null) count.textContent = number(shown.counts[change]);
    }
    for (const button of cells) {
      const { namespace, resource } = target(button);
      pressed(button, isFiltered() && namespace === filter.namespace && resource === filter.resource);
    }
    const all = model.items.length;
    const some = shown.items.length < all;
    const text = some
      ? `${number(shown.items.length)} of ${number(all)} objects${where()}`
      : `${number(all)} ${all === 1 ? "object" : "objects"}`;
    render(visibleText(text), status);
    clear.hidden = !some && filter.words.length === 0 && filter.change === undefined && !isFiltered();
    list.show(shown);
  }

  function isFiltered(): boolean {
    return filter.namespace !== undefined || filter.resource !== undefined;
  }

  function where(): string {
    const { namespace, resource } = filter;
    const place = namespace === undefined ? "" : namespace === null ? ", cluster-scoped" : ` in ${namespace}`;
    return `${place}${resource === undefined ? "" : `, ${resource}`}`;
  }

  function pressed(button: HTMLElement, on: boolean): void {
    button.setAttribute("aria-pressed", String(on));
  }

  function target({ dataset }: HTMLElement): Pick<Filter, "namespace" | "resource"> {
    const { namespace, resource } = dataset;
    return { namespace: namespace === "-" ? null : namespace, resource };
  }

  function reset(): void {
    window.clearTimeout(timer);
    search.value = "";
    update({ words: [], change: undefined, namespace: undefined, resource: undefined });
  }

  /** Searches now for what is typed. */
  function find(): void {
    window.clearTimeout(timer);
    update({
      words: search.value
        .toLowerCase()
        .split(/\s+/)
        .filter((word) => word !== ""),
    });
  }

  function setAll(open: boolean): void {
    for (const item of shown.items) rows.setOpen(item, open, "when near");
  }

  search.addEventListener("input", () => {
    window.clearTimeout(timer);
    timer = window.setTimeout(find, pause);
  });
  for (const button of changes) {
    button.addEventListener("click", () => {
      const change = button.dataset["change"];
      update({ change: change === "all" || change === filter.change ? undefined : change });
    });
  }
  for (const button of cells) {
    button.addEventListener("click", () => {
      const { namespace, resource } = target(button);
      const again = namespace === filter.namespace && resource === filter.resource;
      update(again ? { namespace: undefined, resource: undefined } : { namespace, resource });
    });
  }
  clear.addEventListener("click", reset);
  by("unfold").addEventListener("click", () => setAll(true));
  by("fold").addEventListener("click", () => setAll(false));

  return {
    search,
    reset,
    find,
    setAll,
    items: (): readonly Item[] => shown.items,
    start: () => update({}),
  };
}
