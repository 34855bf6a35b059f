import type { Controls } from "./controls.ts";
import type { Item } from "./model.ts";
import type { List } from "./object-list.ts";
import type { Rows } from "./rows.ts";

/** The keys of the page. */
export function createKeyboard(
  window: Window & typeof globalThis,
  rows: Rows,
  list: List,
  controls: Controls,
): void {
  const { document } = window;
  const keys = document.getElementById("keys") as HTMLDialogElement;

  /** The object whose row has the focus. */
  function current(): Item | undefined {
    const row = document.activeElement?.closest<HTMLElement>("article.object");
    return row === null || row === undefined ? undefined : rows.itemOf(row);
  }

  function move(by: number): void {
    const items = controls.items();
    const item = current();
    const place = item === undefined ? (by > 0 ? 0 : items.length - 1) : items.indexOf(item) + by;
    const next = items[Math.min(Math.max(place, 0), items.length - 1)];
    if (next === undefined) return;
    const button = list.reach(next);
    button.focus({ preventScroll: true });
    button.scrollIntoView({ block: "nearest" });
  }

  function setCurrent(open: boolean): boolean {
    const item = current();
    if (item !== undefined) rows.setOpen(item, open);
    return item !== undefined;
  }

  /** Keys wherever the focus is, but for where text is typed. Returns whether the key is done with. */
  const everywhere: Record<string, () => boolean> = {
    "/": () => {
      controls.search.focus();
      controls.search.select();
      return true;
    },
    "?": () => {
      keys.showModal();
      return true;
    },
    j: () => {
      move(1);
      return true;
    },
    k: () => {
      move(-1);
      return true;
    },
    e: () => {
      controls.setAll(true);
      return true;
    },
    c: () => {
      controls.setAll(false);
      return true;
    },
    Escape: () => {
      controls.reset();
      return true;
    },
    // The arrows scroll the page until an object has the focus.
    ArrowDown: () => isOnRow() && everywhere["j"]?.() === true,
    ArrowUp: () => isOnRow() && everywhere["k"]?.() === true,
    ArrowRight: () => isOnRow() && setCurrent(true),
    ArrowLeft: () => isOnRow() && setCurrent(false),
  };

  function isOnRow(): boolean {
    return document.activeElement?.classList.contains("toggle") === true;
  }

  function inSearch({ key }: KeyboardEvent): boolean {
    if (key === "Escape") {
      controls.reset();
      controls.search.blur();
      return true;
    }
    if (key !== "Enter" && key !== "ArrowDown") return false;
    controls.find();
    controls.search.blur();
    move(1);
    return true;
  }

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || keys.open) return;
    const done = event.target === controls.search ? inSearch(event) : everywhere[event.key]?.() === true;
    if (done) event.preventDefault();
  });
  document.getElementById("help")?.addEventListener("click", () => keys.showModal());
  document.getElementById("close-keys")?.addEventListener("click", () => keys.close());
}
