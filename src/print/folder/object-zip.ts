import { Buffer } from "node:buffer";
import { type FileHandle, open, rm } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import JSZip from "jszip";
import { OperatorError } from "../../errors.ts";
import type { FolderCounts } from "./object-folder.ts";

/** Regular file, for its owner alone, as a folder's Secrets are. */
const PRIVATE_MODE = 0o600;
const UNIX_PERMISSIONS = 0o100000 | PRIVATE_MODE;

/** The most bytes of files: jszip has them all in memory. */
const MAX_BYTES = 256 * 1024 * 1024;

/** Options of {@link ObjectZip.open}. */
export interface ObjectZipOptions {
  /** Date of all files in the zip: the same backup gives the same bytes. */
  time: Date;
  /** The most bytes of the files in the zip; 256 MiB by default. */
  maxBytes?: number;
}

/** An export as one zip file to hand on, which only its owner can read. No file is replaced. */
export class ObjectZip {
  readonly #file: string;
  readonly #handle: FileHandle;
  readonly #options: Required<ObjectZipOptions>;
  readonly #zip = new JSZip();
  #bytes = 0;
  #files = 0;
  #finished = false;

  private constructor(file: string, handle: FileHandle, options: Required<ObjectZipOptions>) {
    this.#file = file;
    this.#handle = handle;
    this.#options = options;
  }

  /**
   * Creates the file.
   *
   * @throws {OperatorError} where there is a file of that name, or none can be made.
   */
  static async open(file: string, { time, maxBytes = MAX_BYTES }: ObjectZipOptions): Promise<ObjectZip> {
    try {
      return new ObjectZip(file, await open(file, "wx", PRIVATE_MODE), { time, maxBytes });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw zipError(error, file);
      throw new OperatorError(`Cannot export into ${file}: it exists, and is never replaced`, {
        advice: "Name another file",
      });
    }
  }

  /**
   * Adds a file. `place` is the path as `objectFile` returns it.
   *
   * @throws {OperatorError} where the files are too large for a zip that is made in memory.
   */
  async write(place: string, text: string): Promise<void> {
    const content = Buffer.from(text);
    this.#bytes += content.length;
    const { time, maxBytes } = this.#options;
    if (this.#bytes > maxBytes) {
      throw new OperatorError(
        `Cannot export into ${this.#file}: the objects have more than ${maxBytes} bytes, the most that fit into one zip`,
        { advice: "Export to a folder, or select fewer namespaces or kinds" },
      );
    }
    this.#zip.file(place, content, {
      date: time,
      unixPermissions: UNIX_PERMISSIONS,
      createFolders: false,
    });
    this.#files += 1;
  }

  /** Writes the zip. */
  async finish(): Promise<FolderCounts> {
    try {
      const bytes = this.#zip.generateNodeStream({
        streamFiles: true,
        compression: "DEFLATE",
        platform: "UNIX",
      });
      await pipeline(bytes, this.#handle.createWriteStream({ flush: true }));
      this.#finished = true;
      return { written: this.#files, unchanged: 0, removed: 0, kept: 0 };
    } catch (error) {
      throw zipError(error, this.#file);
    }
  }

  /** Closes the file, which finishing has closed, and removes one that was not finished. */
  async close(): Promise<void> {
    await this.#handle.close().catch(() => {});
    if (!this.#finished) await rm(this.#file, { force: true });
  }
}

function zipError(error: unknown, file: string): unknown {
  if (error instanceof OperatorError || !(error instanceof Error)) return error;
  const { code } = error as NodeJS.ErrnoException;
  return new OperatorError(`Cannot write ${file}: ${code ?? error.message}`, { cause: error });
}
