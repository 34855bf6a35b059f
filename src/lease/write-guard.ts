import type { Hold } from "./hold.ts";

/**
 * Whether this process may write: it may while it holds every Lease that it has taken, and where it has taken none. The
 * API client and the store ask before each write.
 */
export class WriteGuard {
  readonly #holds = new Set<Hold>();

  add(hold: Hold): void {
    this.#holds.add(hold);
  }

  delete(hold: Hold): void {
    this.#holds.delete(hold);
  }

  /** Whether writes are allowed at this moment. */
  isFresh(): boolean {
    for (const hold of this.#holds) if (!hold.isFresh()) return false;
    return true;
  }

  /**
   * Returns when writes are allowed.
   *
   * @throws as {@link Hold.ensure}.
   */
  async ensure(signal: AbortSignal): Promise<void> {
    while (!this.isFresh()) {
      for (const hold of this.#holds) await hold.ensure(signal);
    }
  }

  /**
   * Renews every Lease now.
   *
   * @returns as {@link Hold.confirm}, of all; 0 where none is held, and nothing is known.
   */
  async confirm(signal: AbortSignal): Promise<number> {
    const setBacks = await Promise.all([...this.#holds].map((hold) => hold.confirm(signal)));
    return setBacks.reduce((sum, each) => sum + each, 0);
  }
}
