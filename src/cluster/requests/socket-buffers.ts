import { Buffer } from "node:buffer";
import type { OnReadOpts, Socket } from "node:net";
import { buildConnector } from "undici";

/** Large enough for malloc to return the block to the system as soon as the block is free. */
const BLOCK_BYTES = 64 * 1024;

/**
 * Opens connections that read into blocks of memory.
 *
 * By default, Node allocates memory for each TLS record, and an API server sends records of 4 KiB: thousands of pieces
 * lie between longer-lived memory, so that malloc can return nothing to the system between two backups.
 */
export function connectIntoBlocks(options: buildConnector.BuildOptions): buildConnector.connector {
  return (target, callback) => {
    const memory = new SocketBuffers();
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

/** Blocks of memory for the bytes of one socket. A block is filled before the next one is allocated. */
export class SocketBuffers {
  #block = Buffer.alloc(0);
  #used = 0;
  #socket: Pick<Socket, "push"> | undefined;
  #early: Buffer[] = [];

  /** For the options of the socket: https://nodejs.org/api/net.html#socketconnectoptions-connectlistener */
  readonly onread: OnReadOpts = {
    buffer: () => this.#free(),
    callback: (length) => this.#take(length),
  };

  /** Pushes the bytes into the socket as if the socket had read them; bytes that arrived early come first. */
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

  /** Returns false where the socket is to stop reading for now. */
  #take(length: number): boolean {
    const bytes = this.#block.subarray(this.#used, this.#used + length);
    this.#used += length;
    if (this.#socket !== undefined) return this.#socket.push(bytes);
    this.#early.push(bytes);
    return true;
  }
}
