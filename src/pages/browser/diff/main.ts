import { createControls } from "./controls.ts";
import type { PageData } from "./data.ts";
import { createDetails } from "./details.ts";
import { createElements } from "./elements.ts";
import { createKeyboard } from "./keyboard.ts";
import { createModel } from "./model.ts";
import { createList } from "./object-list.ts";
import { createRows } from "./rows.ts";
import { createLines } from "./text-lines.ts";

/** Wakes the page up. */
function start(): void {
  const by = (id: string) => document.getElementById(id) as HTMLElement;
  const data: PageData = JSON.parse(by("data").textContent ?? "");
  const model = createModel(data.objects);
  const elements = createElements(document);
  const lines = createLines(elements, data.sides);
  const details = createDetails(elements, lines, data.sides);
  const rows = createRows(window, elements, details);
  const list = createList(window, by("objects"), elements, rows);
  const controls = createControls(window, model, rows, list);
  createKeyboard(window, rows, list, controls);

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

start();
