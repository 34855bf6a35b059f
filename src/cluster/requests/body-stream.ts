import type { Buffer } from "node:buffer";

/** Bytes that wait for whoever reads them before the server is made to wait: not many more come at once. */
export const BYTES_AHEAD = 512 * 1024;
/** Bytes that are worth reading at once. */
const PART_BYTES = 256 * 1024;

/** Takes an answer's body while it comes. */
export interface BodyReceiver {
  /** A body begins at its first byte: again after a fault that was tried again. */
  begin(): void;
  /** Takes more of it. Where it returns a promise, no more may come until that resolves. */
  take(bytes: Buffer): Promise<void> | undefined;
}

/** A part of a body. */
export interface BodyPart {
  bytes: readonly Buffer[];
  /** Whether it is at the start of the body, once more where there were parts before it. */
  first: boolean;
}

/** A body on its way from the connection to one reader, of which little is in memory. */
export class BodyStream implements BodyReceiver {
  #waiting: Buffer[] = [];
  #waitingBytes = 0;
  #first = true;
  #ended = false;
  #failed: { error: unknown } | undefined;
  #changed = Promise.withResolvers<void>();
  #room: PromiseWithResolvers<void> | undefined;

  /** @param send settles when the whole body has come, or when none will. */
  constructor(send: (receiver: BodyReceiver) => Promise<unknown>) {
    send(this).then(
      () => {
        this.#ended = true;
        this.#changed.resolve();
      },
      (error: unknown) => {
        this.#failed = { error };
        this.#changed.resolve();
      },
    );
  }

  /** Whether the whole body has come, though it may not be read yet. */
  get ended(): boolean {
    return this.#ended;
  }

  begin(): void {
    this.#waiting = [];
    this.#waitingBytes = 0;
    this.#first = true;
    this.#makeRoom();
  }

  take(bytes: Buffer): Promise<void> | undefined {
    this.#waiting.push(bytes);
    this.#waitingBytes += bytes.length;
    if (this.#waitingBytes >= PART_BYTES) this.#changed.resolve();
    if (this.#waitingBytes < BYTES_AHEAD) return undefined;
    this.#room ??= Promise.withResolvers();
    return this.#room.promise;
  }

  /**
   * Reads the next part, or undefined at the end.
   *
   * @throws what sending has failed with.
   */
  async read(): Promise<BodyPart | undefined> {
    while (this.#waitingBytes < PART_BYTES && !this.#ended) {
      if (this.#failed !== undefined) throw this.#failed.error;
      await this.#changed.promise;
      this.#changed = Promise.withResolvers();
    }
    if (this.#waitingBytes === 0) return undefined;
    const part = { bytes: this.#waiting, first: this.#first };
    this.#waiting = [];
    this.#waitingBytes = 0;
    this.#first = false;
    this.#makeRoom();
    return part;
  }

  #makeRoom(): void {
    this.#room?.resolve();
    this.#room = undefined;
  }
}
