/** Bytes of memory that several at once may use. Whoever needs more than is left waits, in the order of asking. */
export class ByteBudget {
  readonly #total: number;
  #left: number;
  readonly #waiting: { bytes: number; start: () => void }[] = [];

  /** @param bytes how many bytes may be used at once. */
  constructor(bytes: number) {
    this.#total = bytes;
    this.#left = bytes;
  }

  /**
   * Takes bytes, as soon as they are left; of more than there are in all, all of them. Disposing of the result gives them
   * back. Whoever holds some must not wait for more of the same budget.
   *
   * An aborted signal rejects with its reason.
   */
  async take(bytes: number, signal: AbortSignal): Promise<Disposable> {
    signal.throwIfAborted();
    const taken = Math.min(bytes, this.#total);
    if (this.#waiting.length > 0 || taken > this.#left) await this.#turn(taken, signal);
    else this.#left -= taken;
    let given = false;
    return {
      [Symbol.dispose]: () => {
        if (given) return;
        given = true;
        this.#left += taken;
        this.#startNext();
      },
    };
  }

  #turn(bytes: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const turn = { bytes, start: () => {} };
      const abort = () => {
        this.#waiting.splice(this.#waiting.indexOf(turn), 1);
        reject(signal.reason);
        this.#startNext();
      };
      turn.start = () => {
        signal.removeEventListener("abort", abort);
        resolve();
      };
      signal.addEventListener("abort", abort, { once: true });
      this.#waiting.push(turn);
    });
  }

  #startNext(): void {
    for (
      let next = this.#waiting[0];
      next !== undefined && next.bytes <= this.#left;
      next = this.#waiting[0]
    ) {
      this.#waiting.shift();
      this.#left -= next.bytes;
      next.start();
    }
  }
}
