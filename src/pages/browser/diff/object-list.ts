import type { Elements } from "./elements.ts";
import type { Branch, Item, Section, Shown } from "./model.ts";
import type { Rows } from "./rows.ts";

export type List = ReturnType<typeof createList>;

/**
 * The list of objects. The first ones are there at once; the others come in the pauses, so that the
 * browser's own search and printing find all of them.
 */
export function createList(
  window: Window & typeof globalThis,
  container: HTMLElement,
  { element, visible }: Elements,
  rows: Rows,
) {
  /** Objects that fill a screen, and those of a block that the browser lays out when it comes near. */
  const atOnce = 60;
  const blockSize = 40;
  /** Work between two frames, in milliseconds. */
  const slice = 12;
  const rowHeight = 37;

  let plan: Iterator<() => void> = [][Symbol.iterator]();
  let timer = 0;

  function* steps(sections: Section[]): Iterator<() => void> {
    for (const { namespace, count, branches } of sections) {
      const name =
        namespace === null ? element("i", {}, "cluster-scoped") : element("bdi", {}, ...visible(namespace));
      const title = element(
        "h2",
        {},
        name,
        element("span", { class: "count" }, count.toLocaleString("en-US")),
      );
      const section = element("section", { class: "namespace" }, title);
      yield () => container.append(section);
      for (let first = 0; first < branches.length; first += blockSize) {
        const ofBlock = branches.slice(first, first + blockSize);
        const block = element("div", { class: "block" });
        block.style["containIntrinsicSize"] = `auto ${ofBlock.length * rowHeight}px`;
        section.append(block);
        yield* stepsOf(block, ofBlock);
      }
    }
  }

  function* stepsOf(to: HTMLElement, branches: Branch[]): Generator<() => void, void> {
    for (const { item, below } of branches) {
      yield () => to.append(rows.rowOf(item).row);
      if (below.length === 0) continue;
      const group = element("div", { class: "below" });
      to.append(group);
      yield* stepsOf(group, below);
    }
  }

  /** Goes on with the list until `enough` says so, and then in the pauses. */
  function fill(enough: () => boolean): void {
    window.clearTimeout(timer);
    while (!enough()) {
      const step = plan.next();
      if (step.done === true) return;
      step.value();
    }
    timer = window.setTimeout(() => {
      const end = window.performance.now() + slice;
      fill(() => window.performance.now() > end);
    }, 0);
  }

  function show({ sections }: Shown): void {
    container.replaceChildren();
    if (sections.length === 0) {
      container.append(element("p", { class: "nothing" }, "No object matches."));
    }
    plan = steps(sections);
    let left = atOnce;
    fill(() => left-- <= 0);
  }

  /** Has the row of an item that is shown in the page, and gives its button. */
  function reach(item: Item): HTMLElement {
    const { row, button } = rows.rowOf(item);
    if (!row.isConnected) fill(() => row.isConnected);
    return button;
  }

  /** Puts everything into the page at once, as for printing. */
  function complete(): void {
    fill(() => false);
    rows.buildOpen();
  }

  return { show, reach, complete };
}
