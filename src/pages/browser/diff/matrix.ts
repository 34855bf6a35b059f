import type { Filter } from "./filter.ts";

type Target = Pick<Filter, "namespace" | "resource">;

/** The summary by namespace and kind, which is in the page already: its numbers filter the list. */
export class Matrix {
  readonly #cells: readonly HTMLButtonElement[];

  constructor(document: Document, onPick: (target: Target) => void) {
    this.#cells = [...document.querySelectorAll<HTMLButtonElement>("button.cell")];
    for (const cell of this.#cells) cell.addEventListener("click", () => onPick(targetOf(cell)));
  }

  /** Shows which number filters the list. */
  show(filter: Filter): void {
    const isFiltered = filter.namespace !== undefined || filter.resource !== undefined;
    for (const cell of this.#cells) {
      cell.setAttribute("aria-pressed", String(isFiltered && isTarget(filter, targetOf(cell))));
    }
  }
}

/** Whether a filter is the one of a number. */
export function isTarget(filter: Filter, { namespace, resource }: Target): boolean {
  return namespace === filter.namespace && resource === filter.resource;
}

function targetOf({ dataset }: HTMLButtonElement): Target {
  const { namespace, resource } = dataset;
  return { namespace: namespace === "-" ? null : namespace, resource };
}
