import { Buffer } from "node:buffer";
import type { BodyReceiver } from "../requests/body-stream.ts";

const NEWLINE = 0x0a;
/** Bytes that may wait for the reader before the API server must wait. */
const BYTES_AHEAD = 1024 * 1024;

/** The lines of a body between the connection and one reader, each as soon as it is complete. */
export class LineStream implements BodyReceiver {
  #lines: Buffer[] = [];
  /** The beginning of a line of which the end has not arrived yet. */
  #rest: Buffer[] = [];
  #bytes = 0;
  #ended: { error?: unknown } | undefined;
  #changed = Promise.withResolvers<void>();
  #room: PromiseWithResolvers<void> | undefined;

  /** @param send settles once the whole body has arrived, or the request has failed for good. */
  constructor(send: (receiver: BodyReceiver) => Promise<unknown>) {
    send(this).then(
      () => this.#end({}),
      (error: unknown) => this.#end({ error }),
    );
  }

  begin(): void {
    // A line that broke off comes again; those that are complete have come.
    this.#rest = [];
  }

  take(bytes: Buffer): Promise<void> | undefined {
    let start = 0;
    for (let end = bytes.indexOf(NEWLINE); end >= 0; end = bytes.indexOf(NEWLINE, start)) {
      const line = Buffer.concat([...this.#rest, bytes.subarray(start, end)]);
      this.#rest = [];
      this.#lines.push(line);
      this.#bytes += line.length;
      start = end + 1;
    }
    if (start < bytes.length) this.#rest.push(Buffer.from(bytes.subarray(start)));
    if (this.#lines.length > 0) this.#changed.resolve();
    if (this.#bytes < BYTES_AHEAD) return undefined;
    this.#room ??= Promise.withResolvers();
    return this.#room.promise;
  }

  /**
   * All lines that have come; waits for the first. Undefined at the end.
   *
   * @throws the error of the request, after the lines that came before.
   */
  async read(): Promise<readonly Buffer[] | undefined> {
    while (this.#lines.length === 0) {
      if (this.#ended !== undefined) {
        if (this.#ended.error !== undefined) throw this.#ended.error;
        return undefined;
      }
      await this.#changed.promise;
      this.#changed = Promise.withResolvers();
    }
    const lines = this.#lines;
    this.#lines = [];
    this.#bytes = 0;
    this.#room?.resolve();
    this.#room = undefined;
    return lines;
  }

  #end(ended: { error?: unknown }): void {
    this.#ended = ended;
    this.#changed.resolve();
  }
}
