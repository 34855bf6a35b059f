/** What one word of a command line says of a backup, without I/O. */

import { BACKUP_NAME_PREFIX, backupNameOfFile, backupTime } from "../store/contract/backup-name.ts";
import { parseTarget, type Target } from "../store/contract/target.ts";

/** The name that selects the newest valid backup. */
export const LATEST = "latest";

/** A backup, and the store that its URL or path names. */
export type BackupWord = { kind: "latest" } | { kind: "named"; name: string; place?: Target };

/**
 * Reads a word: `latest`, the name of a backup with or without `.zip` or `.zip.age`, the `s3:` or `file:` URL of one, or the
 * path of its file. `KIND/NAME` is no path, unless NAME is a backup's.
 *
 * @returns undefined where the word is not about a backup: a kind, or an object.
 */
export function readBackupWord(word: string): BackupWord | { problem: string } | undefined {
  if (word === LATEST) return { kind: "latest" };
  const name = nameOf(word);
  if (name !== undefined) return { kind: "named", name };
  if (isPath(word)) return readPath(word);
  if (isUrl(word)) return readUrl(word);
  if (!word.startsWith(BACKUP_NAME_PREFIX)) return undefined;
  return {
    problem: `BACKUP "${word}" is no backup's name: write latest, or a name as kube-backup list shows it`,
  };
}

/** The store that a file of a backup is in where S3TARGET is not set: `backup_20260131T120000Z.zip` is one of this folder. */
export function placeOfWord(word: string): Target | { problem: string } | undefined {
  const read = readBackupWord(word);
  if (read === undefined || "problem" in read) return read;
  if (read.kind === "latest") return undefined;
  return read.place ?? (read.name === word ? undefined : { kind: "file", folder: "." });
}

function nameOf(text: string): string | undefined {
  return backupTime(text) === undefined ? backupNameOfFile(text) : text;
}

function isPath(word: string): boolean {
  if (/^(?:\.{0,2}[/\\]|[A-Za-z]:[/\\])/.test(word)) return true;
  if (/^(?:s3|file|https?):/i.test(word)) return false;
  const { folder, file } = split(word);
  return folder === "" ? /\.zip(?:\.age)?$/i.test(word) : nameOf(file) !== undefined;
}

/** Roles have colons in their names, `system:node`, and no slashes. */
function isUrl(word: string): boolean {
  const [, rest = ""] = /^[a-z][a-z0-9+.-]*:(.*)$/is.exec(word) ?? [];
  return rest.includes("/") || nameOf(rest) !== undefined;
}

function readPath(word: string): BackupWord | { problem: string } {
  const { folder, file } = split(word);
  const name = nameOf(file);
  if (name !== undefined) return { kind: "named", name, place: { kind: "file", folder: folder || "." } };
  return {
    problem: `BACKUP "${word}" is no backup's file: name it as it was stored, backup_YYYYMMDDTHHMMSSZ.zip or .zip.age`,
  };
}

function readUrl(word: string): BackupWord | { problem: string } {
  const [, head = "", file = ""] = /^(.*[/:])([^/:]*)$/s.exec(word) ?? [];
  const name = nameOf(file);
  const parsed = parseTarget(
    name === undefined || head !== "file:" ? (name === undefined ? word : head) : "file:.",
  );
  if ("problem" in parsed) return { problem: `BACKUP "${parsed.shown}" ${parsed.problem}` };
  if (name !== undefined) return { kind: "named", name, place: parsed.target };
  return {
    problem: `BACKUP "${word}" is a store and no backup of it: add the backup's name to it, or give the store with --s3target`,
  };
}

/** The folder with the slash at its end that a root needs, and the file. */
function split(path: string): { folder: string; file: string } {
  const [, folder = "", file = ""] = /^(.*[/\\])?([^/\\]*)$/s.exec(path) ?? [];
  return { folder: folder.length > 1 ? folder.slice(0, -1) : folder, file };
}
