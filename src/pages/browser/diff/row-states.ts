/** Which rows of the list are open, whether they are in the page or not; rows that are in the page hear of changes. */

/** A row that is in the page. */
export interface MountedRow {
  button: HTMLButtonElement;
  redraw(): void;
}

/** `waiting`: open, and what is in it is made when the reader comes near. */
export type RowState = "closed" | "waiting" | "open";

export class RowStates {
  readonly #states = new Map<string, RowState>();
  readonly #mounted = new Map<string, MountedRow>();
  /** Rows in the page that do not show their state yet. */
  readonly #stale = new Set<string>();

  /** @param key the id of an object, or of a group. */
  of(key: string): RowState {
    return this.#states.get(key) ?? "closed";
  }

  set(key: string, state: RowState): void {
    this.setLater(key, state);
    if (this.#stale.delete(key)) this.#mounted.get(key)?.redraw();
  }

  /** The row is drawn by {@link redrawSome}: thousands of rows at once would stop the page. */
  setLater(key: string, state: RowState): void {
    // What is made already stays.
    if (state === this.of(key) || (state === "waiting" && this.of(key) === "open")) return;
    this.#states.set(key, state);
    if (this.#mounted.has(key)) this.#stale.add(key);
  }

  /** Draws so many rows that do not show their state yet. Returns whether there are more. */
  redrawSome(most: number): boolean {
    for (const key of [...this.#stale].slice(0, most)) {
      this.#stale.delete(key);
      this.#mounted.get(key)?.redraw();
    }
    return this.#stale.size > 0;
  }

  /** Has what is in all open rows made, as for printing. */
  openWaiting(): void {
    for (const [key, state] of this.#states) if (state === "waiting") this.setLater(key, "open");
    this.redrawSome(Number.POSITIVE_INFINITY);
  }

  /** A row came into the page. Returns what ends that. */
  mount(key: string, row: MountedRow): () => void {
    this.#mounted.set(key, row);
    return () => {
      if (this.#mounted.get(key) !== row) return;
      this.#mounted.delete(key);
      this.#stale.delete(key);
    };
  }

  mounted(key: string): MountedRow | undefined {
    return this.#mounted.get(key);
  }

  keyOf(button: Element | null | undefined): string | undefined {
    for (const [key, row] of this.#mounted) if (row.button === button) return key;
    return undefined;
  }
}
