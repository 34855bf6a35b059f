/** How much may wait: what is older than that is no news any more. */
const MOST_WAITING = 20;

/**
 * What is told to others, one after the other, in the background: nothing waits for it, and nothing fails by it.
 */
export class Outbox {
  #waiting: ((signal: AbortSignal) => Promise<void>)[] = [];
  #running: Promise<void> | undefined;
  readonly #stopped = new AbortController();
  readonly #patience: number;
  readonly #onFailure: (error: unknown) => void;

  /**
   * @param options.patience how long each may take, in milliseconds.
   * @param options.onFailure told of what fails.
   */
  constructor({ patience, onFailure }: { patience: number; onFailure: (error: unknown) => void }) {
    this.#patience = patience;
    this.#onFailure = onFailure;
  }

  /** Has something sent when it is its turn. */
  put(send: (signal: AbortSignal) => Promise<void>): void {
    if (this.#stopped.signal.aborted) return;
    this.#waiting.push(send);
    if (this.#waiting.length > MOST_WAITING) this.#waiting.shift();
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined;
    });
  }

  /** Resolves when everything is sent, and after that time at the latest. What is left then is dropped, and nothing more is sent. */
  async finish(milliseconds: number): Promise<void> {
    const { promise: late, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, milliseconds);
    await Promise.race([this.#running, late]);
    clearTimeout(timer);
    this.#waiting = [];
    // What is under way must not keep the program from ending.
    this.#stopped.abort();
  }

  async #run(): Promise<void> {
    for (let send = this.#waiting.shift(); send !== undefined; send = this.#waiting.shift()) {
      try {
        await send(AbortSignal.any([this.#stopped.signal, AbortSignal.timeout(this.#patience)]));
      } catch (error) {
        this.#onFailure(error);
      }
    }
  }
}
