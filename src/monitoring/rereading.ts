/** Reads one thing, whole. */
export type Read<T> = (signal: AbortSignal) => Promise<T>;

/** Options of {@link Rereading}. */
export interface RereadingOptions<T> {
  /** How long a reading may take, in milliseconds. */
  patience: number;
  onRead: (value: T) => void;
  /** @param isLate whether the reading took longer than that. */
  onFailure: (error: unknown, isLate: boolean) => void;
}

/** Reads something again whenever it may have changed: one reading at a time, and one more for all that comes meanwhile. */
export class Rereading<T> {
  readonly #options: RereadingOptions<T>;
  #watched: { read: Read<T>; signal: AbortSignal } | undefined;
  #reading: Promise<void> | undefined;
  #again = false;

  constructor(options: RereadingOptions<T>) {
    this.#options = options;
  }

  /** Reads from now on, until the signal aborts: at once, and whenever {@link refresh} is called. */
  watch(read: Read<T>, signal: AbortSignal): void {
    this.#watched = { read, signal };
    this.refresh();
  }

  /** What is read may have changed. */
  refresh(): void {
    if (this.#watched === undefined) return;
    this.#again = true;
    this.#reading ??= this.#readAll(this.#watched).finally(() => {
      this.#reading = undefined;
    });
  }

  /** Resolves when nothing is being read. */
  async finished(): Promise<void> {
    await this.#reading;
  }

  async #readAll({ read, signal }: { read: Read<T>; signal: AbortSignal }): Promise<void> {
    while (this.#again && !signal.aborted) {
      this.#again = false;
      const late = AbortSignal.timeout(this.#options.patience);
      try {
        this.#options.onRead(await read(AbortSignal.any([signal, late])));
      } catch (error) {
        if (!signal.aborted) this.#options.onFailure(error, late.aborted);
      }
    }
  }
}
