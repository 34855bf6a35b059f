/** Backups are taken when they are due, and what can wait meanwhile waits. */
export class BackupsFirst {
  #ended: Promise<void> | undefined;

  /** Takes a backup: others wait until it has ended. */
  async during<T>(take: () => Promise<T>): Promise<T> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#ended = promise;
    try {
      return await take();
    } finally {
      this.#ended = undefined;
      resolve();
    }
  }

  /**
   * Resolves when no backup is being taken. A backup that is being taken ends soon after the signal aborts.
   *
   * @throws the signal's reason.
   */
  async idle(signal: AbortSignal): Promise<void> {
    while (this.#ended !== undefined) await this.#ended;
    signal.throwIfAborted();
  }
}
