import type { Buffer } from "node:buffer";

/** Backpressure: bytes that may wait for the reader before the API server must wait. */
export const BYTES_AHEAD = 512 * 1024;
/** The least bytes that a read returns before the end. */
const PART_BYTES = 256 * 1024;

/** Takes the body of an answer as it arrives. */
export interface BodyReceiver {
  /** A body begins; again where the request is retried. */
  begin(): void;
  /** Takes more of the body. No more may arrive until a promise that is returned resolves. */
  take(bytes: Buffer): Promise<void> | undefined;
}

/** A part of a body. */
export interface BodyPart {
  bytes: readonly Buffer[];
  /** Whether the part is at the start of the body; again after a retry. */
  first: boolean;
}

/** A body between the connection and one reader. Only a little of the body is in memory. */
export class BodyStream implements BodyReceiver {
  #waiting: Buffer[] = [];
  #waitingBytes = 0;
  #first = true;
  #ended = false;
  #failed: { error: unknown } | undefined;
  #changed = Promise.withResolvers<void>();
  #room: PromiseWithResolvers<void> | undefined;

  /** @param send settles once the whole body has arrived, or the request has failed for good. */
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

  /** Whether the whole body has arrived, though it may not be read yet. */
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
   * Reads the next part; undefined at the end.
   *
   * @throws the error of the request.
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
