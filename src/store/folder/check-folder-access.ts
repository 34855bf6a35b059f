import { readdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { OperatorError } from "../../errors.ts";
import { backupNameOfFile } from "../contract/backup-name.ts";
import type { CheckedRight, Job, StoreAccess } from "../contract/store-access.ts";
import { codeOf, fileError } from "./file-errors.ts";
import { openForReading } from "./file-reading.ts";

/** A name that is no backup's. */
export const PROBE = ".access-check.partial";

/**
 * Does in a folder what the program does for some jobs: lists it, reads a backup or a file of its own, and writes and
 * removes that file.
 */
export async function checkFolderAccess(
  folder: string,
  jobs: readonly Job[],
  signal: AbortSignal,
): Promise<StoreAccess> {
  const probe = path.join(folder, PROBE);
  const rights: CheckedRight[] = [];
  const check = async (right: string, of: readonly Job[], run: () => Promise<unknown>) => {
    signal.throwIfAborted();
    const why = await reasonOf(run);
    if (!of.some((job) => jobs.includes(job))) return;
    rights.push({ right, where: folder, jobs: of, allowed: why === "", why });
  };
  let names: string[] = [];
  await check("list", ["backup", "restore", "prune"], async () => {
    names = await readdir(folder);
  });
  const writes = jobs.includes("backup") || jobs.includes("prune");
  if (writes) await check("write", ["backup"], () => writeFile(probe, "", { mode: 0o600 }));
  const backup = names.filter((name) => backupNameOfFile(name) !== undefined).at(-1);
  await check("read", ["backup", "restore", "prune"], () =>
    readFirst(backup === undefined ? probe : path.join(folder, backup)),
  );
  if (writes) await check("remove", ["prune"], () => rm(probe, { force: true }));
  const left: string[] = await readdir(folder).catch(() => []);
  return {
    url: pathToFileURL(folder).href,
    rights,
    leftBehind: left.includes(PROBE) ? [probe] : [],
  };
}

/** A file that is not there could be read. */
async function readFirst(file: string): Promise<void> {
  try {
    await using handle = await openForReading(file);
    if ((await handle.stat()).isFile()) await handle.read({ length: 1 });
  } catch (error) {
    if (codeOf(error) !== "ENOENT") throw error;
  }
}

/** Why the system refuses; empty where it does not. */
async function reasonOf(run: () => Promise<unknown>): Promise<string> {
  try {
    await run();
    return "";
  } catch (error) {
    const found = fileError("", error);
    if (!(found instanceof OperatorError)) throw error;
    return found.message.replace(/^: ENOENT$/, ": the folder does not exist").slice(2);
  }
}
