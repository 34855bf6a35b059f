/** The keys of the page, as those of the diff page. */

/** What keys act upon, in the order of the page. */
const ROWS = "main .toggle, main .item";

/** Listens to keys until the signal aborts. */
export function listenToKeys(help: () => void, signal: AbortSignal): void {
  document.addEventListener("keydown", (event) => onKey(event, help), { signal });
}

function onKey(event: KeyboardEvent, help: () => void): void {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  const active = document.activeElement;
  if (document.querySelector("dialog[open]") !== null) return;
  if (active instanceof HTMLInputElement) {
    if (event.key === "Escape") active.blur();
    return;
  }
  const isRow = active instanceof HTMLElement && active.matches(ROWS);
  const done = keyDone(event.key, isRow ? active : undefined, help);
  if (done) event.preventDefault();
}

/** Does what a key asks for. Returns whether there was something to do. */
function keyDone(key: string, row: HTMLElement | undefined, help: () => void): boolean {
  if (key === "/") return focusSearch();
  if (key === "?") help();
  else if (key === "j" || (key === "ArrowDown" && row !== undefined)) move(row, 1);
  else if (key === "k" || (key === "ArrowUp" && row !== undefined)) move(row, -1);
  else if (key === "ArrowRight") return setOpen(row, true);
  else if (key === "ArrowLeft") return setOpen(row, false);
  else if (key === "e") for (const each of rows()) setOpen(each, true);
  else if (key === "c") for (const each of rows()) setOpen(each, false);
  else return false;
  return true;
}

function rows(): HTMLElement[] {
  return [...document.querySelectorAll<HTMLElement>(ROWS)];
}

function move(row: HTMLElement | undefined, by: number): void {
  const all = rows();
  const place = row === undefined ? (by > 0 ? 0 : all.length - 1) : all.indexOf(row) + by;
  const next = all[Math.min(Math.max(place, 0), all.length - 1)];
  next?.focus({ preventScroll: true });
  next?.scrollIntoView({ block: "nearest" });
}

function setOpen(row: HTMLElement | undefined, open: boolean): boolean {
  if (row?.hasAttribute("aria-expanded") !== true) return false;
  if ((row.getAttribute("aria-expanded") === "true") !== open) row.click();
  return true;
}

function focusSearch(): boolean {
  const field = document.querySelector<HTMLInputElement>("main input");
  field?.focus();
  field?.select();
  return field !== null;
}
