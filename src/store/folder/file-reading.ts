import { type BigIntStats, constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { OperatorError } from "../../errors.ts";
import type { BackupForm } from "../contract/backup-name.ts";
import type { RandomAccess } from "../contract/store.ts";
import { codeOf, fileError } from "./file-errors.ts";
import { etagOfFile } from "./file-etag.ts";

/** Options of {@link OpenFile.open}. */
export interface OpenFileOptions {
  path: string;
  /** The backup's name. */
  name: string;
  form?: BackupForm | undefined;
  /** The start of error messages: "Cannot read backup_… in file:///…". */
  task: string;
}

/** A folder, a pipe or a socket lies where a file would. */
export class NotAFileError extends OperatorError {
  override name = "NotAFileError";
  readonly reason = "it is not a file";

  constructor(task: string) {
    super(`${task}: it is not a file`);
  }
}

/**
 * A backup's open file. A file that later replaces the name is not read. A change of the open file is
 * detected by the size or the modification time.
 */
export class OpenFile implements RandomAccess {
  readonly name: string;
  readonly size: number;
  readonly etag: string;
  readonly form: BackupForm | undefined;
  readonly #task: string;
  readonly #handle: FileHandle;
  readonly #opened: BigIntStats;

  private constructor(options: OpenFileOptions, handle: FileHandle, opened: BigIntStats) {
    this.name = options.name;
    this.form = options.form;
    this.size = Number(opened.size);
    this.etag = etagOfFile(opened);
    this.#task = options.task;
    this.#handle = handle;
    this.#opened = opened;
  }

  /** @throws the system error if the file cannot be opened, a {@link NotAFileError} if the path is not a regular file. */
  static async open(options: OpenFileOptions): Promise<OpenFile> {
    const handle = await openForReading(options.path).catch((error: unknown) => {
      // A socket, or a device without a driver.
      throw codeOf(error) === "ENXIO" ? new NotAFileError(options.task) : error;
    });
    try {
      const opened = await handle.stat({ bigint: true });
      if (!opened.isFile()) throw new NotAFileError(options.task);
      return new OpenFile(options, handle, opened);
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  async read(start: number, end: number, signal: AbortSignal): Promise<Uint8Array> {
    if (start < 0 || end > this.size || start > end) {
      throw new RangeError(`Bytes ${start} to ${end} of ${this.name} were asked for, which has ${this.size}`);
    }
    const bytes = new Uint8Array(end - start);
    try {
      for (let filled = 0; filled < bytes.length; ) {
        signal.throwIfAborted();
        const { bytesRead } = await this.#handle.read(bytes, filled, bytes.length - filled, start + filled);
        if (bytesRead === 0) throw this.#changed();
        filled += bytesRead;
      }
      const now = await this.#handle.stat({ bigint: true });
      if (now.size !== this.#opened.size || now.mtimeNs !== this.#opened.mtimeNs) throw this.#changed();
    } catch (error) {
      throw fileError(this.#task, error);
    }
    signal.throwIfAborted();
    return bytes;
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }

  #changed(): OperatorError {
    return new OperatorError(`${this.#task}: the file has changed since it was opened`);
  }
}

/** Opens a file, or a symbolic link to one, without waiting: the opening of a pipe would wait for its writer. */
export async function openForReading(path: string): Promise<FileHandle> {
  return await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
}
