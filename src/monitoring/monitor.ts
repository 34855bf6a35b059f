import { OperatorError } from "../errors.ts";
import type { Happening, Listener } from "./happenings.ts";
import { type Known, knownAfter, NOTHING_KNOWN, type StoreFacts } from "./known.ts";
import { Rereading } from "./rereading.ts";

/** How long the store may take to say what it holds, in milliseconds. */
const PATIENCE = 120_000;

/** After these, a store may say something else. */
const CHANGE_STORE: ReadonlySet<Happening["kind"]> = new Set(["backup stored", "backup failed", "rehearsed"]);

/** Reads a store; undefined where it is not known whose backups are meant. */
export type ReadStore = (signal: AbortSignal) => Promise<StoreFacts | undefined>;

/**
 * What is known of a program that runs, for whoever watches it. State that outlives a process is read from the store: at
 * the start, and after each round.
 */
export class Monitor {
  readonly #now: () => Date;
  readonly #listeners: Listener[] = [];
  #known: Known = NOTHING_KNOWN;
  readonly #store = new Rereading<StoreFacts | undefined>({
    patience: PATIENCE,
    onRead: (store) => {
      if (store !== undefined) this.#known = { ...this.#known, store, storeUp: true };
    },
    onFailure: (error, isLate) => {
      // What it said before stays true: when the newest backup was taken, say.
      if (error instanceof OperatorError || isLate) this.#known = { ...this.#known, storeUp: false };
    },
  });

  constructor({ now }: { now: () => Date }) {
    this.#now = now;
  }

  get known(): Known {
    return this.#known;
  }

  /** Has somebody told of all that happens from now on. */
  listen(listener: Listener): void {
    this.#listeners.push(listener);
  }

  /** Has the store asked from now on: at once, and after each round. */
  watchStore(read: ReadStore, signal: AbortSignal): void {
    this.#store.watch(read, signal);
  }

  /** Something has happened. Never fails, and waits for nobody. */
  happened(happening: Happening): void {
    const at = this.#now();
    this.#known = knownAfter(this.#known, happening, at);
    for (const listener of this.#listeners) listener(happening, at);
    if (CHANGE_STORE.has(happening.kind)) this.#store.refresh();
  }

  /** Resolves when nobody asks the store any more. */
  async finished(): Promise<void> {
    await this.#store.finished();
  }
}
