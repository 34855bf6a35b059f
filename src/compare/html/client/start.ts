import type { PageObject } from "../data/page-object.ts";
import type { createControls } from "./controls.ts";
import type { createDetails } from "./details.ts";
import type { PageElement, PageWindow } from "./dom.ts";
import type { createElements } from "./elements.ts";
import type { createKeyboard } from "./keyboard.ts";
import type { createModel } from "./model.ts";
import type { createList } from "./object-list.ts";
import type { createRows } from "./rows.ts";
import type { createLines } from "./text-lines.ts";

/** What the page's script is put together from. */
export interface Parts {
  createModel: typeof createModel;
  createElements: typeof createElements;
  createLines: typeof createLines;
  createDetails: typeof createDetails;
  createRows: typeof createRows;
  createList: typeof createList;
  createControls: typeof createControls;
  createKeyboard: typeof createKeyboard;
}

/** Wakes the page up. Runs in the page: it may use nothing of this module. */
export function start(window: PageWindow, parts: Parts): void {
  const { document } = window;
  const by = (id: string) => document.getElementById(id) as PageElement;
  const data: { sides: { left: string; right: string }; objects: PageObject[] } = JSON.parse(
    by("data").textContent ?? "",
  );
  const model = parts.createModel(data.objects);
  const elements = parts.createElements(document);
  const lines = parts.createLines(elements, data.sides);
  const details = parts.createDetails(elements, lines, data.sides);
  const rows = parts.createRows(window, elements, details);
  const list = parts.createList(window, by("objects"), elements, rows);
  const controls = parts.createControls(window, model, elements, rows, list);
  parts.createKeyboard(window, rows, list, controls);

  /** Goes to the object that the address names. */
  function followHash(): void {
    const item = model.byId(window.location.hash.slice(1));
    if (item === undefined) return;
    if (!controls.items().includes(item)) controls.reset();
    const button = list.reach(item);
    rows.setOpen(item, true);
    button.focus({ preventScroll: true });
    button.closest("article")?.scrollIntoView({ block: "start" });
  }

  controls.start();
  followHash();
  window.addEventListener("hashchange", followHash);
  window.addEventListener("beforeprint", list.complete);
}
