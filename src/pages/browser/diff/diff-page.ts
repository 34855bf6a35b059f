import { type Entry, keyOf } from "./arrange.ts";
import type { PageData } from "./data.ts";
import { type Filter, fromFragment, NO_FILTER, toFragment, wordsOf } from "./filter.ts";
import { isTarget, Matrix } from "./matrix.ts";
import { createModel, type Model, type Shown } from "./model.ts";
import { PageView } from "./page-view.ts";
import type { Actions } from "./toolbar.ts";

/** Up to so many objects are open from the start. */
const OPEN_AT_START = 10;
/** In a longer list, the search waits for a pause in typing, in milliseconds. */
const LONG_LIST = 1000;
const TYPING_PAUSE = 60;

/** What the reader asks for: a filter, which is in the address as well, and what is open. */
export class DiffPage {
  readonly view: PageView;
  readonly #window: Window;
  readonly #model: Model;
  readonly #matrix: Matrix;
  readonly #actions: Actions = {
    type: (text) => this.#type(text),
    change: (change) => this.#change(change),
    reset: () => this.reset(),
    setAll: (isOpen) => this.setAll(isOpen),
    showKeys: () => this.view.dialog.current?.showModal(),
  };
  #text = "";
  #filter: Filter = NO_FILTER;
  #shown: Shown;
  #isDrawn = false;
  #typing = 0;

  constructor(window: Window, root: Element, { objects, sides }: PageData) {
    this.#window = window;
    this.#model = createModel(objects);
    this.#shown = this.#model.apply(NO_FILTER);
    this.view = new PageView(window, root, sides);
    this.#matrix = new Matrix(window.document, (target) => {
      const isAgain = isTarget(this.#filter, target);
      this.#change(isAgain ? { namespace: undefined, resource: undefined } : target);
    });
    if (objects.length <= OPEN_AT_START) {
      this.setAll(true);
      this.view.states.openWaiting();
    }
  }

  /** Shows what the address asks for: objects that a filter leaves, or one object, which is opened and gets the focus. */
  followAddress(): void {
    const fragment = this.#window.location.hash;
    const filter = fromFragment(fragment);
    const item = this.#model.byId(fragment.slice(1));
    if (filter !== undefined) this.#text = filter.words.join(" ");
    if (item === undefined) {
      this.#show(filter ?? this.#filter);
      return;
    }
    const { id } = item.object;
    const isShown = this.#shown.items.includes(item);
    if (!isShown) this.#text = "";
    // Thousands of rows that are there already stay; an object of a group leaves the group.
    if (!isShown || !this.#isDrawn || item.object.equal !== undefined)
      this.#show(isShown ? this.#filter : NO_FILTER, id);
    this.view.states.set(id, "open");
    const button = this.view.reach(id);
    button?.focus({ preventScroll: true });
    button?.closest("article")?.scrollIntoView({ block: "start" });
  }

  /** Searches now for what is typed. */
  find(): void {
    this.#change({ words: wordsOf(this.#text) });
  }

  reset(): void {
    this.#text = "";
    this.#show(NO_FILTER);
    this.#writeAddress();
  }

  /** Unfolds or folds all that is shown. What is in it is made as the reader comes near. */
  setAll(isOpen: boolean): void {
    const { states } = this.view;
    const set = (entry: Entry) => {
      states.setLater(keyOf(entry), isOpen ? "waiting" : "closed");
      if (!("equal" in entry)) {
        for (const below of entry.below) set(below);
      } else if (!isOpen) {
        // They are unfolded one by one: the group shows their change.
        for (const { object } of entry.items) states.setLater(object.id, "closed");
      }
    };
    for (const { entries } of this.#shown.sections) for (const entry of entries) set(entry);
    this.view.refresh();
  }

  /** The keys of the rows in the order in which they are shown. */
  rows(): string[] {
    const { states } = this.view;
    const keys = (entry: Entry): string[] => {
      if (!("equal" in entry)) return [keyOf(entry), ...entry.below.flatMap(keys)];
      const members = states.of(keyOf(entry)) === "open" ? entry.items.map(({ object }) => object.id) : [];
      return [keyOf(entry), ...members.filter((id) => states.mounted(id) !== undefined)];
    };
    return this.#shown.sections.flatMap(({ entries }) => entries.flatMap(keys));
  }

  #type(text: string): void {
    this.#text = text;
    this.view.typed(text);
    this.#window.clearTimeout(this.#typing);
    const pause = this.#model.items.length > LONG_LIST ? TYPING_PAUSE : 0;
    this.#typing = this.#window.setTimeout(() => this.find(), pause);
  }

  #change(change: Partial<Filter>): void {
    this.#show({ ...this.#filter, ...change });
    this.#writeAddress();
  }

  /** @param apart the id of an object that is in no group. */
  #show(filter: Filter, apart?: string): void {
    this.#window.clearTimeout(this.#typing);
    this.#filter = filter;
    this.#isDrawn = true;
    this.#shown = this.#model.apply(filter, apart);
    this.#matrix.show(filter);
    const { items, byCluster } = this.#model;
    const state = { text: this.#text, filter, shown: this.#shown, all: items.length, byCluster };
    this.view.show({ ...state, actions: this.#actions });
  }

  /** The address leads to what is shown. That of an object stays until there is a filter. */
  #writeAddress(): void {
    const { location, history } = this.#window;
    const fragment = toFragment(this.#filter);
    if (fragment === "" && fromFragment(location.hash) === undefined) return;
    history.replaceState(null, "", fragment === "" ? "#" : fragment);
  }
}
