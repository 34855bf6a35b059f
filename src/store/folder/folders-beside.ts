import type { Dirent } from "node:fs";
import { readdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { nearestFirst } from "../../words/did-you-mean.ts";
import { backupNameOfFile } from "../contract/backup-name.ts";
import { MAX_PLACES } from "../contract/store.ts";

/** The most folders that are looked into. */
const MAX_FOLDERS = 200;

/**
 * The URLs of folders with backups beside a folder or in it, the parent among them; the most similar first. A folder that
 * cannot be read has none.
 */
export async function foldersBeside(folder: string, signal: AbortSignal): Promise<string[]> {
  const parent = dirname(folder);
  const candidates = [parent, ...(await foldersIn(parent)), ...(await foldersIn(folder))].filter(
    (each) => each !== folder,
  );
  const found: string[] = [];
  for (const each of nearestFirst(folder, [...new Set(candidates)]).slice(0, MAX_FOLDERS)) {
    signal.throwIfAborted();
    const files = await entriesOf(each);
    if (files.some((file) => file.isFile() && backupNameOfFile(file.name) !== undefined)) {
      found.push(pathToFileURL(each).href);
    }
    if (found.length === MAX_PLACES) break;
  }
  return found;
}

async function foldersIn(folder: string): Promise<string[]> {
  return (await entriesOf(folder))
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => join(folder, name));
}

async function entriesOf(folder: string): Promise<Dirent[]> {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}
