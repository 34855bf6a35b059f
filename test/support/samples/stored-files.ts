import { readdir } from "node:fs/promises";

const BACKUP = /^backup_\w+\.zip(\.age)?$/;

/** The files of the backups in a store's folder, the oldest first. */
export async function backupFiles(folder: string): Promise<string[]> {
  return (await readdir(folder)).filter((file) => BACKUP.test(file)).sort();
}

/** What lies in a store's folder and is neither a backup nor a small object beside one. */
export async function otherFiles(folder: string): Promise<string[]> {
  const beside = /^(notes|reports|tags)(\/backup_\w+\.[a-z]+(-\w+)?)?$/;
  return (await readdir(folder, { recursive: true }))
    .filter((file) => !BACKUP.test(file) && !beside.test(file))
    .sort();
}
