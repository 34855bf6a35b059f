import { createHash, randomUUID } from "node:crypto";
import { type FileHandle, link, open, rename, stat, unlink } from "node:fs/promises";
import { join } from "node:path";
import { OperatorError } from "../../errors.ts";
import { BackupExistsError } from "../contract/backup-exists-error.ts";
import { untilAborted } from "../contract/content.ts";
import type { StoredObject } from "../contract/store.ts";
import { codeOf } from "./file-errors.ts";
import { etagOfFile } from "./file-etag.ts";
import { partialName, thisWriter } from "./partial-files.ts";

/** Creates the hard link `added` to the file `existing`. Fails with EEXIST if `added` exists. */
export type LinkFile = (existing: string, added: string) => Promise<void>;

/** The destination of {@link writeOnce}. */
export interface FilePlace {
  /** Path of an existing folder. */
  folder: string;
  /** Final name in the folder. */
  file: string;
  /** The backup's name and the store's URL, for errors. */
  name: string;
  storeUrl: string;
  /** By default in the machine's file system. */
  link?: LinkFile | undefined;
  /** Whether the file may take the place of one of its name. */
  replace?: boolean | undefined;
  /** Called before the file gets its final name; it throws where that may not be. */
  beforeWrite?: (() => Promise<void>) | undefined;
}

/** Error codes of file systems without hard links (FAT, some network shares). */
const NO_LINKS = new Set(["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EMLINK", "EINVAL"]);

/** Error codes where folders cannot be opened or synced (Windows, some network shares). */
const NO_FOLDER_SYNC = new Set(["EISDIR", "EPERM", "EACCES", "EINVAL", "ENOTSUP", "ENOSYS", "EBADF"]);

const READ_BACK_BYTES = 1024 * 1024;

/**
 * Writes a file atomically: the final name appears after the file is complete, read back and synced. The
 * content is first written under a hidden name. An existing file is not replaced unless that is asked for.
 *
 * @throws {BackupExistsError} if the name exists, even if created in the meantime.
 */
export async function writeOnce(
  place: FilePlace,
  content: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): Promise<StoredObject> {
  const final = join(place.folder, place.file);
  if (place.replace !== true && (await exists(final)))
    throw new BackupExistsError(place.name, place.storeUrl);
  const partial = join(place.folder, partialName(place.file, await thisWriter(), randomUUID()));
  const handle = await open(partial, "wx+", 0o600);
  try {
    let size: number;
    let etag: string;
    try {
      size = await fill(handle, content, signal);
      if (size === 0) throw new OperatorError(`Cannot store ${place.name}: its content is empty`);
      await handle.sync();
      etag = etagOfFile(await handle.stat({ bigint: true }));
    } finally {
      await handle.close();
    }
    signal.throwIfAborted();
    await place.beforeWrite?.();
    if (place.replace === true) await rename(partial, final);
    else await giveName(partial, final, place);
    await syncFolder(place.folder);
    return { size, etag };
  } finally {
    // The file is already gone if it was renamed. A leftover file is hidden and harmless.
    await unlink(partial).catch(() => undefined);
  }
}

/** Writes the content and verifies the content by reading back. Returns the size in bytes. */
async function fill(
  handle: FileHandle,
  content: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): Promise<number> {
  const written = createHash("sha256");
  let size = 0;
  for await (const chunk of untilAborted(content, signal)) {
    written.update(chunk);
    // write() may write fewer bytes than requested.
    for (let done = 0; done < chunk.length; ) {
      done += (await handle.write(chunk, done, chunk.length - done, size + done)).bytesWritten;
    }
    size += chunk.length;
  }
  const read = createHash("sha256");
  const buffer = new Uint8Array(READ_BACK_BYTES);
  let position = 0;
  for (;;) {
    signal.throwIfAborted();
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, position);
    if (bytesRead === 0) break;
    read.update(buffer.subarray(0, bytesRead));
    position += bytesRead;
  }
  if (position !== size || !read.digest().equals(written.digest())) {
    throw new OperatorError("Cannot store the backup: the file read back is not what was written", {
      advice: "Check the disk",
    });
  }
  return size;
}

/** Gives the partial file its final name atomically. Fails if the name exists. */
async function giveName(partial: string, final: string, place: FilePlace): Promise<void> {
  try {
    await (place.link ?? link)(partial, final);
    return;
  } catch (error) {
    if (codeOf(error) === "EEXIST") throw new BackupExistsError(place.name, place.storeUrl);
    if (!NO_LINKS.has(codeOf(error) ?? "")) throw error;
  }
  // rename() replaces files, so a claim file reserves the name first. A stale claim of a dead process
  // only blocks another backup of the same second.
  const claim = join(place.folder, `.${place.file}.claim`);
  try {
    await (await open(claim, "wx", 0o600)).close();
  } catch (error) {
    if (codeOf(error) === "EEXIST") throw new BackupExistsError(place.name, place.storeUrl);
    throw error;
  }
  try {
    if (await exists(final)) throw new BackupExistsError(place.name, place.storeUrl);
    await rename(partial, final);
  } finally {
    await unlink(claim).catch(() => undefined);
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if (codeOf(error) === "ENOENT") return false;
    throw error;
  }
}

/** Makes the new name durable across a power failure. */
async function syncFolder(folder: string): Promise<void> {
  try {
    const handle = await open(folder, "r");
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (!NO_FOLDER_SYNC.has(codeOf(error) ?? "")) throw error;
  }
}
