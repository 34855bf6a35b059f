import type { DiffPage } from "./diff-page.ts";

/** The keys of the page. */
export function listenToKeys(document: Document, page: DiffPage): void {
  const search = () => document.getElementById("search") as HTMLInputElement;
  /** The row that has the focus. */
  const current = () => {
    const article = document.activeElement?.closest("article");
    return page.view.states.keyOf(article?.querySelector(".toggle"));
  };

  function move(by: number): boolean {
    const rows = page.rows();
    const key = current();
    const place = key === undefined ? (by > 0 ? 0 : rows.length - 1) : rows.indexOf(key) + by;
    const next = rows[Math.min(Math.max(place, 0), rows.length - 1)];
    const button = next === undefined ? undefined : page.view.reach(next);
    button?.focus({ preventScroll: true });
    button?.scrollIntoView({ block: "nearest" });
    return true;
  }

  function setCurrent(state: "open" | "closed"): boolean {
    const key = current();
    if (key !== undefined) page.view.states.set(key, state);
    return key !== undefined;
  }

  /** Does something that is always done. */
  const done = (action: () => void) => () => {
    action();
    return true;
  };
  const isOnRow = () => document.activeElement?.classList.contains("toggle") === true;

  /** Keys wherever the focus is, but for where text is typed. They return whether the key is done with. */
  const everywhere: Record<string, () => boolean> = {
    "/": done(() => {
      search().focus();
      search().select();
    }),
    "?": done(() => page.view.dialog.current?.showModal()),
    j: () => move(1),
    k: () => move(-1),
    e: done(() => page.setAll(true)),
    c: done(() => page.setAll(false)),
    Escape: done(() => page.reset()),
    // The arrows scroll the page until an object has the focus.
    ArrowDown: () => isOnRow() && move(1),
    ArrowUp: () => isOnRow() && move(-1),
    ArrowRight: () => isOnRow() && setCurrent("open"),
    ArrowLeft: () => isOnRow() && setCurrent("closed"),
  };

  function inSearch(key: string): boolean {
    if (key === "Escape") {
      page.reset();
      search().blur();
      return true;
    }
    if (key !== "Enter" && key !== "ArrowDown") return false;
    page.find();
    search().blur();
    return move(1);
  }

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || page.view.dialog.current?.open === true) return;
    const isDone = event.target === search() ? inSearch(event.key) : everywhere[event.key]?.() === true;
    if (isDone) event.preventDefault();
  });
}
