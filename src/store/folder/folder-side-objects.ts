import { Buffer } from "node:buffer";
import { mkdir, readdir, stat, unlink } from "node:fs/promises";
import { join } from "node:path";
import {
  backupOfSideFile,
  ForeignSideObjectError,
  isBefore,
  type ListedSideObject,
  MAX_SIDE_BYTES,
  placeOfSideFile,
  type SideFolder,
  type SideObjects,
  type SidePlace,
  sideKey,
} from "../contract/side-objects.ts";
import { codeOf, fileError } from "./file-errors.ts";
import { NotAFileError, OpenFile } from "./file-reading.ts";
import { type LinkFile, writeOnce } from "./file-writing.ts";

/** Options of {@link FolderSideObjects}. */
export interface FolderSideOptions {
  /** Absolute path of the store's folder. */
  folder: string;
  /** The store's URL, for errors. */
  url: string;
  link?: LinkFile | undefined;
  beforeWrite?: (() => Promise<void>) | undefined;
}

/** Small objects beside the backups in a folder, each a file of a folder in it. */
export class FolderSideObjects implements SideObjects {
  readonly #options: FolderSideOptions;

  constructor(options: FolderSideOptions) {
    this.#options = options;
  }

  async *list(folder: SideFolder, signal: AbortSignal): AsyncGenerator<string> {
    const files = await this.#files(folder, signal);
    yield* [...new Set(files.map(backupOfSideFile).filter((backup) => backup !== undefined))].sort();
  }

  async *listBefore(folder: SideFolder, before: Date, signal: AbortSignal): AsyncGenerator<ListedSideObject> {
    for (const file of (await this.#files(folder, signal)).sort()) {
      signal.throwIfAborted();
      const place = placeOfSideFile(folder, file);
      if (place === undefined || !isBefore(place, before)) continue;
      const facts = await stat(join(this.#options.folder, folder, file)).catch((error: unknown) => {
        if (codeOf(error) === "ENOENT") return undefined;
        throw fileError(`Cannot list ${folder} in ${this.#options.url}`, error);
      });
      if (facts?.isFile() === true) yield { place, lastModified: facts.mtime };
    }
  }

  async #files(folder: SideFolder, signal: AbortSignal): Promise<string[]> {
    signal.throwIfAborted();
    return await readdir(join(this.#options.folder, folder)).catch((error: unknown) => {
      if (codeOf(error) === "ENOENT") return [];
      throw fileError(`Cannot list ${folder} in ${this.#options.url}`, error);
    });
  }

  async read(place: SidePlace, signal: AbortSignal): Promise<Buffer | undefined> {
    const key = sideKey(place);
    const task = `Cannot read ${key} in ${this.#options.url}`;
    signal.throwIfAborted();
    try {
      const path = join(this.#options.folder, key);
      const file = await OpenFile.open({ path, name: place.backup, task });
      try {
        if (file.size > MAX_SIDE_BYTES) throw new ForeignSideObjectError(task, "it is too large");
        return Buffer.from(await file.read(0, file.size, signal));
      } finally {
        await file.close();
      }
    } catch (error) {
      if (codeOf(error) === "ENOENT") return undefined;
      if (error instanceof NotAFileError) throw new ForeignSideObjectError(task, error.reason);
      throw fileError(task, error);
    }
  }

  async create(place: SidePlace, bytes: Uint8Array, signal: AbortSignal): Promise<void> {
    await this.#write(place, bytes, { replace: false }, signal);
  }

  async replace(place: SidePlace, bytes: Uint8Array, signal: AbortSignal): Promise<void> {
    await this.#write(place, bytes, { replace: true }, signal);
  }

  async remove(place: SidePlace, signal: AbortSignal): Promise<void> {
    const key = sideKey(place);
    signal.throwIfAborted();
    try {
      await this.#options.beforeWrite?.();
      await unlink(join(this.#options.folder, key));
    } catch (error) {
      if (codeOf(error) !== "ENOENT") throw fileError(`Cannot remove ${key} in ${this.#options.url}`, error);
    }
  }

  async #write(
    place: SidePlace,
    bytes: Uint8Array,
    { replace }: { replace: boolean },
    signal: AbortSignal,
  ): Promise<void> {
    const { folder, url, link, beforeWrite } = this.#options;
    const key = sideKey(place);
    const [below = "", file = ""] = key.split("/");
    const into = join(folder, below);
    try {
      await mkdir(into, { recursive: true, mode: 0o700 });
      const final = { folder: into, file, name: place.backup, storeUrl: url, link, beforeWrite, replace };
      await writeOnce(final, once(bytes), signal);
    } catch (error) {
      throw fileError(`Cannot store ${key} in ${url}`, error);
    }
  }
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
