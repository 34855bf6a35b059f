import { lstat, readdir, unlink } from "node:fs/promises";
import { join } from "node:path";
import { SIDE_FOLDERS } from "../contract/side-objects.ts";
import type { StoreLog } from "../contract/store.ts";
import { PROBE } from "./check-folder-access.ts";
import { codeOf } from "./file-errors.ts";
import { hasEnded, parsePartialName, thisWriter, type Writer } from "./partial-files.ts";

/**
 * How long nothing may have been written into a file of which it is unknown whether its writer lives, in milliseconds,
 * before it counts as left behind. A writer that is only stuck fails in good order: its file is gone.
 */
const LEFT_BEHIND_AFTER = 3_600_000;

/** Options of {@link sweepFolder}. */
export interface SweepFolderOptions {
  folder: string;
  now: Date;
  log?: StoreLog | undefined;
}

/**
 * Removes the files that killed processes have left of backups that they were writing, and of what lies beside these. They
 * hold Secrets.
 *
 * @returns the names of the files that were removed.
 */
export async function sweepFolder(options: SweepFolderOptions, signal: AbortSignal): Promise<string[]> {
  const swept = await sweepOne(options, signal);
  for (const below of SIDE_FOLDERS) {
    const folder = join(options.folder, below);
    swept.push(...(await sweepOne({ ...options, folder }, signal)).map((name) => `${below}/${name}`));
  }
  return swept;
}

async function sweepOne({ folder, now, log }: SweepFolderOptions, signal: AbortSignal): Promise<string[]> {
  const swept: string[] = [];
  signal.throwIfAborted();
  // A folder that is missing, or cannot be read, is for the backup to tell.
  const names = await readdir(folder).catch((): string[] => []);
  const found = names.flatMap((name) => {
    if (name === PROBE) return [{ name, writer: undefined }];
    const partial = parsePartialName(name);
    return partial === undefined ? [] : [{ name, ...partial }];
  });
  if (found.length === 0) return swept;
  const self = await thisWriter();
  for (const { name, writer } of found) {
    signal.throwIfAborted();
    const path = join(folder, name);
    try {
      if (!(await isLeftBehind(path, { writer, self, now }))) continue;
      await unlink(path);
      swept.push(name);
    } catch (error) {
      const code = codeOf(error);
      if (code !== "ENOENT") log?.debug({ file: name, code }, "A file that was left behind is not removed");
    }
  }
  return swept;
}

async function isLeftBehind(
  path: string,
  { writer, self, now }: { writer: Writer | undefined; self: Writer; now: Date },
): Promise<boolean> {
  const file = await lstat(path);
  if (!file.isFile()) return false;
  const ended = writer === undefined ? undefined : await hasEnded(writer, self);
  return ended ?? now.getTime() - file.mtimeMs > LEFT_BEHIND_AFTER;
}
