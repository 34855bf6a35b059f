import type { Buffer } from "node:buffer";
import type { Readable } from "node:stream";
import JSZip from "jszip";

/*
 * jszip wants to know every entry before it starts, and compresses in JavaScript on the main thread.
 * Both are got round by its own seams, read in jszip 3.10's lib/generate and lib/stream:
 *
 * - generate/index.js asks the zip for its entries with `forEach(callback)`, and each call of the
 *   callback queues one more source in the writer. The writer looks at its queue when a source ends.
 *   So the callback is kept and called for each new entry before the one under way ends.
 * - An entry's `_compressWorker(compression, …)` gives the source. Ours is what jszip reads the bytes
 *   with, which zlib has deflated, without the steps that would count them and take their CRC-32 in
 *   JavaScript; and it says what the entry's records are to say.
 *
 * test/unit/archive/growing-zip.test.ts fails where another version of jszip does otherwise.
 */

/** Method 8 of the zip format. */
const DEFLATE = { magic: "\x08\x00" };

/** Regular file, for its owner alone: most archives hold Secrets. */
const UNIX_PERMISSIONS = 0o100600;

/** What of jszip's internals is used and its types do not show. */
interface JszipWorker {
  streamInfo: { crc32?: number; compressedSize?: number; uncompressedSize?: number };
  on(event: "data", listener: (chunk: { data: Buffer }) => void): JszipWorker;
  on(event: "end", listener: (this: JszipWorker) => void): JszipWorker;
  withStreamInfo(key: "compression", value: { magic: string }): JszipWorker;
}
type JszipEntry = JSZip.JSZipObject & {
  _compressWorker(): JszipWorker;
  _decompressWorker(): JszipWorker;
};
type JszipCallback = (path: string, entry: JSZip.JSZipObject) => void;

/** What an entry's records say of it. */
export interface EntryFacts {
  path: string;
  crc32: number;
  /** Unpacked size in bytes. */
  size: number;
}

/** A jszip that accepts further entries while its bytes are read. */
export class GrowingJszip {
  /**
   * The zip's bytes. They end when an entry ends and no further one is known: so they are to be resumed
   * when the first is, and no entry may end before the next is added.
   */
  readonly output: JSZip.JSZipStreamHelper<Buffer>;
  readonly #zip = new JSZip();
  readonly #time: Date;
  readonly #announce: JszipCallback;

  /** @param time date of all entries; even seconds, UTC, as the zip format has no zone. */
  constructor(time: Date) {
    this.#time = time;
    let announce: JszipCallback | undefined;
    this.#zip.forEach = (callback) => {
      announce = callback;
    };
    this.output = this.#zip.generateInternalStream({
      type: "nodebuffer",
      streamFiles: true,
      compression: "STORE",
      platform: "UNIX",
    });
    if (announce === undefined) throw new Error("jszip no longer asks for its entries with forEach");
    this.#announce = announce;
  }

  /**
   * Adds an entry, whose deflated bytes are taken when those of the entries before are through.
   *
   * @param facts read when the bytes have ended.
   */
  add(facts: EntryFacts, deflated: Readable): void {
    const { path } = facts;
    this.#zip.file(path, deflated, {
      date: this.#time,
      createFolders: false,
      compression: "STORE",
      unixPermissions: UNIX_PERMISSIONS,
    });
    const entry = this.#zip.file(path) as JszipEntry;
    let size = 0;
    entry._compressWorker = () =>
      entry
        ._decompressWorker()
        .withStreamInfo("compression", DEFLATE)
        .on("data", ({ data }) => {
          size += data.length;
        })
        .on("end", function () {
          this.streamInfo.crc32 = facts.crc32;
          this.streamInfo.compressedSize = size;
          this.streamInfo.uncompressedSize = facts.size;
        });
    this.#announce(path, entry);
    // jszip would keep every entry until the end.
    delete this.#zip.files[path];
  }
}
