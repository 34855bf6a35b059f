import { sleep } from "../time/sleep.ts";

/** A wish for a backup before the next one is due. */
export class EarlyBackup {
  #wish = Promise.withResolvers<void>();
  #isWanted = false;

  /** Whether a backup is wanted now. */
  get isWanted(): boolean {
    return this.#isWanted;
  }

  /** Wants a backup now. */
  want(): void {
    this.#isWanted = true;
    this.#wish.resolve();
  }

  /** A backup begins. */
  begins(): void {
    this.#isWanted = false;
    this.#wish = Promise.withResolvers();
  }

  /**
   * Sleeps until the time is over, or until a backup is wanted.
   *
   * @throws the signal's reason when the signal aborts.
   */
  async sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
    const woken = new AbortController();
    const asleep = sleep(milliseconds, AbortSignal.any([signal, woken.signal])).catch(() => {});
    await Promise.race([asleep, this.#wish.promise]);
    woken.abort();
    signal.throwIfAborted();
  }
}
