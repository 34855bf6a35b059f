import { Buffer } from "node:buffer";
import type { OnReadOpts, Socket } from "node:net";
import { buildConnector } from "undici";

/** Large enough for malloc to give it back to the system as soon as it is free. */
const BLOCK_BYTES = 64 * 1024;

/**
 * Makes connections that read into blocks of memory of their own.
 *
 * By itself Node takes a piece of memory for each TLS record, and an API server sends records of 4 KiB: thousands of
 * pieces that lie between what stays, so that malloc can give nothing back between two backups.
 */
export function connectIntoBlocks(options: buildConnector.BuildOptions): buildConnector.connector {
  return (target, callback) => {
    const memory = new SocketMemory();
    const connect = buildConnector({ ...options, onread: memory.onread });
    connect(target, (...[error, socket]) => {
      if (error !== null) {
        callback(error, null);
        return;
      }
      callback(null, socket);
      memory.readFor(socket);
    });
  };
}

/** Blocks of memory that one socket's bytes are read into, one after another, each until it is full. */
export class SocketMemory {
  #block = Buffer.alloc(0);
  #used = 0;
  #socket: Pick<Socket, "push"> | undefined;
  #early: Buffer[] = [];

  /** For the socket's options: https://nodejs.org/api/net.html#socketconnectoptions-connectlistener */
  readonly onread: OnReadOpts = {
    buffer: () => this.#free(),
    callback: (length) => this.#take(length),
  };

  /** Gives the socket what is read, as if it had read by itself; what was there before that at first. */
  readFor(socket: Pick<Socket, "push">): void {
    this.#socket = socket;
    for (const bytes of this.#early.splice(0)) socket.push(bytes);
  }

  #free(): Buffer {
    if (this.#used === this.#block.length) {
      this.#block = Buffer.allocUnsafeSlow(BLOCK_BYTES);
      this.#used = 0;
    }
    return this.#block.subarray(this.#used);
  }

  /** Returns false where the socket is to read no more for now. */
  #take(length: number): boolean {
    const bytes = this.#block.subarray(this.#used, this.#used + length);
    this.#used += length;
    if (this.#socket !== undefined) return this.#socket.push(bytes);
    this.#early.push(bytes);
    return true;
  }
}
