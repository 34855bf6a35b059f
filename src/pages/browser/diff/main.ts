import type { PageData } from "./data.ts";
import { DiffPage } from "./diff-page.ts";
import { listenToKeys } from "./keyboard.ts";

/** The width of a phone, as in the page's style. */
const PHONE = "(max-width: 46rem)";

/** Wakes the page up. */
function start(data: Element, list: Element): void {
  const page = new DiffPage(window, list, JSON.parse(data.textContent ?? "") as PageData);
  const summary = document.querySelector<HTMLDetailsElement>("details.summary");
  if (summary !== null && window.matchMedia(PHONE).matches) summary.open = false;
  page.followAddress();
  listenToKeys(document, page);
  window.addEventListener("hashchange", () => page.followAddress());
  window.addEventListener("beforeprint", () => page.view.complete());
}

const [data, list] = [document.getElementById("data"), document.getElementById("list")];
if (data !== null && list !== null) start(data, list);
