import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { backupNameOfFile } from "../contract/backup-name.ts";
import { PLACES_DEPTH, type Places } from "../contract/places.ts";
import { LOG_FOLDER } from "../contract/segments.ts";
import { SIDE_FOLDERS } from "../contract/side-objects.ts";
import type { Store } from "../contract/store.ts";
import { fileError } from "./file-errors.ts";
import { FileStore, type FileStoreOptions } from "./file-store.ts";

/** The stores of a folder and of those in it. */
export class FolderPlaces implements Places {
  readonly url: string;
  readonly #options: FileStoreOptions;

  constructor(options: FileStoreOptions) {
    this.url = pathToFileURL(options.folder).href;
    this.#options = options;
  }

  async *stores(signal: AbortSignal): AsyncGenerator<Store> {
    let level = [this.#options.folder];
    for (let depth = 0; level.length > 0; depth += 1) {
      const next: string[] = [];
      for (const folder of level) {
        signal.throwIfAborted();
        const { isStore, below } = await lookInto(folder, { isTop: depth === 0 });
        if (isStore) yield new FileStore({ ...this.#options, folder });
        if (depth < PLACES_DEPTH) next.push(...below);
      }
      level = next;
    }
  }

  async close(): Promise<void> {}
}

/** What a folder holds. One that may not be read is taken for a store: whoever looks at it says why it cannot be read. */
async function lookInto(
  folder: string,
  { isTop }: { isTop: boolean },
): Promise<{ isStore: boolean; below: readonly string[] }> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    const isStore = entries.some(
      (entry) =>
        (entry.isFile() && backupNameOfFile(entry.name) !== undefined) ||
        (entry.isDirectory() && entry.name === "notes"),
    );
    const own: readonly string[] = isStore ? [...SIDE_FOLDERS, LOG_FOLDER] : [];
    const below = entries
      .filter((entry) => entry.isDirectory() && !own.includes(entry.name))
      .map(({ name }) => join(folder, name));
    return { isStore, below };
  } catch (error) {
    if (isTop) throw fileError(`Cannot look for backups in ${pathToFileURL(folder).href}`, error);
    return { isStore: true, below: [] };
  }
}
