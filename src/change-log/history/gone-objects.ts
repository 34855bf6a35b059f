import { keyText } from "../../kubernetes/object-order.ts";
import { resourceName } from "../../kubernetes/resource.ts";
import type { HistoryChange, HistoryEntry } from "./history-entry.ts";

/** The objects that are gone at the end of a history, and the change with which each went. */
export class GoneObjects {
  readonly #gone = new Map<string, HistoryChange>();

  /** Takes what comes next. */
  take(entry: HistoryEntry): void {
    if (entry.entry === "gap") return;
    const { resource, namespace, name, operation } = entry;
    const key = `${resourceName(resource)} ${keyText({ namespace, name })}`;
    // An object that goes again moves to its new place.
    this.#gone.delete(key);
    if (operation === "delete") this.#gone.set(key, entry);
  }

  /** In the order in which they went. */
  list(): HistoryChange[] {
    return [...this.#gone.values()];
  }
}
