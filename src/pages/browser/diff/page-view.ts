import { createRef, h, render } from "preact";
import type { PageSides } from "./data.ts";
import { KeysDialog } from "./keys-dialog.ts";
import { inBlocks, ObjectList, type SectionBlocks } from "./object-list.ts";
import type { ListContext } from "./object-row.ts";
import { RowStates } from "./row-states.ts";
import { Toolbar, type ToolbarProps } from "./toolbar.ts";
import { createNear } from "./use-row.ts";

/** Blocks of rows that fill a screen, and those that come in each pause, so that the browser's own search finds all rows. */
const FIRST_BLOCKS = 2;
const BLOCKS_A_PAUSE = 3;
/** Rows that are drawn anew in each pause after many were opened or closed. */
const ROWS_A_PAUSE = 60;

/** The toolbar and the list: drawn at once as far as a screen goes, and the rest in the pauses. */
export class PageView {
  readonly states = new RowStates();
  readonly dialog = createRef<HTMLDialogElement>();
  readonly #window: Window;
  readonly #root: Element;
  readonly #context: Omit<ListContext, "isWithoutCluster">;
  #toolbar: ToolbarProps | undefined;
  #sections: readonly SectionBlocks[] = [];
  #blocks = FIRST_BLOCKS;
  #filling = 0;
  #refreshing = 0;

  /** @param root what is in it is replaced. */
  constructor(window: Window, root: Element, sides: PageSides) {
    this.#window = window;
    this.#root = root;
    this.#context = { states: this.states, near: createNear(), sides };
    root.replaceChildren();
  }

  /** Shows another list. */
  show(toolbar: ToolbarProps): void {
    this.#toolbar = toolbar;
    this.#sections = inBlocks(toolbar.shown.sections);
    this.#fill(FIRST_BLOCKS);
  }

  /** The search field has this text: it stays where the list is drawn on. */
  typed(text: string): void {
    if (this.#toolbar !== undefined) this.#toolbar = { ...this.#toolbar, text };
  }

  /** Has a row in the page, and gives its button. */
  reach(key: string): HTMLButtonElement | undefined {
    if (this.states.mounted(key) === undefined) this.#fill(Number.POSITIVE_INFINITY);
    return this.states.mounted(key)?.button;
  }

  /** Puts everything into the page at once, as for printing. */
  complete(): void {
    this.#fill(Number.POSITIVE_INFINITY);
    this.states.openWaiting();
  }

  /** Draws rows that were opened or closed together. */
  refresh(): void {
    this.#window.clearTimeout(this.#refreshing);
    if (this.states.redrawSome(ROWS_A_PAUSE))
      this.#refreshing = this.#window.setTimeout(() => this.refresh(), 0);
  }

  #fill(blocks: number): void {
    this.#window.clearTimeout(this.#filling);
    const all = this.#sections.reduce((sum, section) => sum + section.blocks.length, 0);
    this.#blocks = Math.min(blocks, all);
    this.#draw();
    if (this.#blocks < all)
      this.#filling = this.#window.setTimeout(() => this.#fill(this.#blocks + BLOCKS_A_PAUSE), 0);
  }

  #draw(): void {
    if (this.#toolbar === undefined) return;
    const isWithoutCluster = this.#toolbar.filter.isWithoutCluster === true;
    const context = { ...this.#context, isWithoutCluster };
    const list = h(ObjectList, { sections: this.#sections, most: this.#blocks, context });
    render(
      [h(Toolbar, this.#toolbar), h(KeysDialog, { dialog: this.dialog }), h("main", { id: "objects" }, list)],
      this.#root,
    );
  }
}
