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
import { formatRecord, parseRecord, RECORD_FILE } from "./folder-record.ts";

/** Readable by the owner alone. */
const PRIVATE = 0o600;
const PUBLIC = 0o644;

/** What is in a folder and does not make it a used one. */
const NOT_OURS = new Set([".git"]);

/** What became of a folder's files. */
export interface FolderCounts {
  written: number;
  unchanged: number;
  removed: number;
}

/**
 * A folder of objects' files, which are those of one export when it has ended. Nothing is written or
 * removed outside it, not through links either, and nothing removed that no export wrote.
 */
export class ObjectFolder {
  readonly #root: string;
  /** Files of exports before this one that have not been written again. */
  readonly #old: Set<string>;
  readonly #files = new Set<string>();
  /** Folders that are known to be folders. */
  readonly #folders = new Set<string>();
  readonly #counts: FolderCounts = { written: 0, unchanged: 0, removed: 0 };

  /** The record, open for lines at its end. */
  readonly #record: FileHandle;

  private constructor(root: string, old: Set<string>, record: FileHandle) {
    this.#root = root;
    this.#old = old;
    this.#record = record;
  }

  /**
   * Opens a folder, which is made where it is missing.
   *
   * @param force whether it may hold something already.
   * @throws {OperatorError} when it holds something and may not, or cannot be used.
   */
  static async open(root: string, { force }: { force: boolean }): Promise<ObjectFolder> {
    try {
      await mkdir(root, { recursive: true });
      const there = (await readdir(root)).filter((name) => !NOT_OURS.has(name));
      if (there.length > 0 && !force) {
        throw new OperatorError(`Cannot export into ${root}: it is not empty`, {
          advice: there.includes(RECORD_FILE)
            ? "It holds an export: --force makes it that of this backup"
            : "Name another folder, or add --force to write beside what is there",
        });
      }
      const file = path.join(root, RECORD_FILE);
      if (there.includes(RECORD_FILE) && !(await lstat(file)).isFile())
        throw new Error(`${RECORD_FILE} is no file`);
      const record = await open(file, "a+", PUBLIC);
      return new ObjectFolder(root, parseRecord(await record.readFile("utf8")), record);
    } catch (error) {
      throw explained(error, root);
    }
  }

  /** Writes a file, unless it is as it should be; several at a time may be. `place` is its path with `/`, as `objectFile` makes it. */
  async write(place: string, text: string, { secret }: { secret: boolean }): Promise<void> {
    try {
      if (!this.#old.delete(place)) await this.#note(place);
      this.#files.add(place);
      await this.#makeFolder(path.posix.dirname(place));
      const file = path.join(this.#root, ...place.split("/"));
      const mode = secret ? PRIVATE : PUBLIC;
      if (await isFileWith(file, text)) {
        await chmod(file, mode);
        this.#counts.unchanged += 1;
        return;
      }
      await replaceFile(file, text, mode);
      this.#counts.written += 1;
    } catch (error) {
      throw explained(error, path.join(this.#root, place));
    }
  }

  /** Lets the folder go; what was written so far stays, and is recorded. */
  async close(): Promise<void> {
    await this.#record.close();
  }

  /** Removes the files of exports before this one that are not in it. */
  async finish(): Promise<FolderCounts> {
    try {
      for (const place of this.#old) await this.#remove(place);
      await replaceFile(path.join(this.#root, RECORD_FILE), formatRecord(this.#files), PUBLIC);
      return this.#counts;
    } catch (error) {
      throw explained(error, this.#root);
    }
  }

  /** Records a file before it is written: an export that is killed leaves none that nobody knows. */
  async #note(place: string): Promise<void> {
    await this.#record.write(`${place}\n`);
  }

  /** Makes the folders of a path. One that is a link may lead anywhere, and is refused. */
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
    // Folders that this leaves empty go too.
    for (let depth = parts.length - 1; depth > 0; depth -= 1) {
      const empty = await rmdir(path.join(this.#root, ...parts.slice(0, depth))).then(
        () => true,
        () => false,
      );
      if (!empty) return;
    }
  }
}

/** Puts a file in the place of what is there, so that it is the old or the new one at any time. */
async function replaceFile(file: string, text: string, mode: number): Promise<void> {
  const temporary = `${file}.${randomUUID()}.tmp`;
  try {
    const handle = await open(temporary, "wx", mode);
    try {
      await handle.writeFile(text);
      // The mask of the process may have taken more than meant, and an older file's mode is not asked.
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
  const there = await lstat(file).catch(missing);
  if (there?.isFile() !== true || there.size !== Buffer.byteLength(text)) return false;
  return (await readFile(file, "utf8")) === text;
}

function missing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== "ENOENT") throw error;
  return undefined;
}

function explained(error: unknown, place: string): unknown {
  if (error instanceof OperatorError || !(error instanceof Error)) return error;
  const { code } = error as NodeJS.ErrnoException;
  return new OperatorError(`Cannot write ${place}: ${code ?? error.message}`, { cause: error });
}
