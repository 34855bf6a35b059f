import { Buffer } from "node:buffer";
import { randomUUID } from "node:crypto";
import {
  chmod,
  type FileHandle,
  lstat,
  mkdir,
  open,
  readdir,
  readFile,
  rename,
  rm,
  rmdir,
} from "node:fs/promises";
import path from "node:path";
import { OperatorError } from "../../errors.ts";
import { type ObjectFileParts, parseObjectFile } from "./file-name.ts";
import { formatRecord, parseRecord, RECORD_FILE } from "./folder-record.ts";

/** Read and write permission for the owner alone. */
const PRIVATE_MODE = 0o600;
const PUBLIC_MODE = 0o644;

/** Entries that a folder may have and still counts as empty. */
const IGNORED_ENTRIES = new Set([".git"]);

/** Counts of the files of an export. */
export interface FolderCounts {
  written: number;
  unchanged: number;
  removed: number;
  /** Files of earlier exports that this export does not cover. */
  kept: number;
}

/**
 * The folder of an export. After {@link finish}, the folder holds the files of this export, and those of earlier ones
 * that it does not cover. Nothing is written or
 * removed outside the folder, not through symbolic links either, and no file is removed that no export wrote.
 */
export class ObjectFolder {
  readonly #root: string;
  /** Files of earlier exports that this export has not written. */
  readonly #old: Set<string>;
  readonly #files = new Set<string>();
  /** Paths verified to be folders. */
  readonly #folders = new Set<string>();
  readonly #counts: FolderCounts = { written: 0, unchanged: 0, removed: 0, kept: 0 };

  /** The record, open for appending. */
  readonly #record: FileHandle;

  private constructor(root: string, old: Set<string>, record: FileHandle) {
    this.#root = root;
    this.#old = old;
    this.#record = record;
  }

  /**
   * Opens a folder. Creates a missing folder.
   *
   * @param force whether the folder may contain files already.
   * @throws {OperatorError} when the folder is not empty and `force` is not set, or cannot be used.
   */
  static async open(root: string, { force }: { force: boolean }): Promise<ObjectFolder> {
    try {
      await mkdir(root, { recursive: true });
      const entries = (await readdir(root)).filter((name) => !IGNORED_ENTRIES.has(name));
      if (entries.length > 0 && !force) {
        throw new OperatorError(`Cannot export into ${root}: it is not empty`, {
          advice: entries.includes(RECORD_FILE)
            ? "It holds an export: --force makes it that of this backup"
            : "Name another folder, or add --force to write beside what is there",
        });
      }
      const file = path.join(root, RECORD_FILE);
      if (entries.includes(RECORD_FILE) && !(await lstat(file)).isFile())
        throw new Error(`${RECORD_FILE} is no file`);
      const record = await open(file, "a+", PUBLIC_MODE);
      return new ObjectFolder(root, parseRecord(await record.readFile("utf8")), record);
    } catch (error) {
      throw folderError(error, root);
    }
  }

  /**
   * Writes a file and sets its mode. Skips the write when the content is unchanged. Concurrent calls are allowed.
   * `place` is the path as `objectFile` returns it.
   */
  async write(place: string, text: string, { secret }: { secret: boolean }): Promise<void> {
    try {
      if (!this.#old.delete(place)) await this.#note(place);
      this.#files.add(place);
      await this.#makeFolder(path.posix.dirname(place));
      const file = path.join(this.#root, ...place.split("/"));
      const mode = secret ? PRIVATE_MODE : PUBLIC_MODE;
      if (await isFileWith(file, text)) {
        await chmod(file, mode);
        this.#counts.unchanged += 1;
        return;
      }
      await replaceFile(file, text, mode);
      this.#counts.written += 1;
    } catch (error) {
      throw folderError(error, path.join(this.#root, place));
    }
  }

  /** Closes the record. Files written so far stay recorded. */
  async close(): Promise<void> {
    await this.#record.close();
  }

  /**
   * Removes the files of earlier exports that this export has not written.
   *
   * @param covers whether this export would have written the object of a file. Other files stay, and stay recorded.
   */
  async finish(covers: (place: ObjectFileParts) => boolean = () => true): Promise<FolderCounts> {
    try {
      for (const place of this.#old) {
        const parts = parseObjectFile(place);
        if (parts !== undefined && covers(parts)) await this.#remove(place);
        else if (await this.#isThere(place)) {
          this.#files.add(place);
          this.#counts.kept += 1;
        }
      }
      await replaceFile(path.join(this.#root, RECORD_FILE), formatRecord(this.#files), PUBLIC_MODE);
      return this.#counts;
    } catch (error) {
      throw folderError(error, this.#root);
    }
  }

  /** Records a file before it is written, so that a killed export leaves no unrecorded file. */
  async #note(place: string): Promise<void> {
    await this.#record.write(`${place}\n`);
  }

  /** Creates the folders of a path. Refuses symbolic links, which may lead outside the export. */
  async #makeFolder(place: string): Promise<void> {
    if (place === "." || this.#folders.has(place)) return;
    await this.#makeFolder(path.posix.dirname(place));
    const folder = path.join(this.#root, ...place.split("/"));
    await mkdir(folder).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "EEXIST") throw error;
    });
    if (!(await lstat(folder)).isDirectory()) throw new Error("a part of its path is a link or a file");
    this.#folders.add(place);
  }

  async #isThere(place: string): Promise<boolean> {
    return (await lstat(path.join(this.#root, ...place.split("/"))).catch(missing)) !== undefined;
  }

  async #remove(place: string): Promise<void> {
    const parts = place.split("/");
    for (let depth = 1; depth < parts.length; depth += 1) {
      const folder = await lstat(path.join(this.#root, ...parts.slice(0, depth))).catch(missing);
      if (folder?.isDirectory() !== true) return;
    }
    const file = path.join(this.#root, ...parts);
    if ((await lstat(file).catch(missing)) === undefined) return;
    await rm(file);
    this.#counts.removed += 1;
    // Removes folders that became empty.
    for (let depth = parts.length - 1; depth > 0; depth -= 1) {
      const empty = await rmdir(path.join(this.#root, ...parts.slice(0, depth))).then(
        () => true,
        () => false,
      );
      if (!empty) return;
    }
  }
}

/** Replaces a file atomically. */
async function replaceFile(file: string, text: string, mode: number): Promise<void> {
  const temporary = `${file}.${randomUUID()}.tmp`;
  try {
    const handle = await open(temporary, "wx", mode);
    try {
      await handle.writeFile(text);
      // The umask may have cleared bits, and an existing file keeps its mode.
      await handle.chmod(mode);
    } finally {
      await handle.close();
    }
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

async function isFileWith(file: string, text: string): Promise<boolean> {
  const existing = await lstat(file).catch(missing);
  if (existing?.isFile() !== true || existing.size !== Buffer.byteLength(text)) return false;
  return (await readFile(file, "utf8")) === text;
}

function missing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== "ENOENT") throw error;
  return undefined;
}

function folderError(error: unknown, place: string): unknown {
  if (error instanceof OperatorError || !(error instanceof Error)) return error;
  const { code } = error as NodeJS.ErrnoException;
  return new OperatorError(`Cannot write ${place}: ${code ?? error.message}`, { cause: error });
}
