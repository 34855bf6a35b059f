/** The note of a backup that is copied. */

import type { Buffer } from "node:buffer";
import { OperatorError } from "../errors.ts";
import { type NoteReading, noteOfBytes, notePlace } from "../notes/read-note.ts";
import { BackupExistsError } from "../store/contract/backup-exists-error.ts";
import { fileOfBackup } from "../store/contract/backup-name.ts";
import { sideKey } from "../store/contract/side-objects.ts";
import type { RandomAccess, Store } from "../store/contract/store.ts";
import { shellCommand } from "../words/shell-command.ts";

/** A note as it is to be copied. */
export interface CopiedNote {
  /** All of its bytes; undefined where the backup has no note. */
  bytes: Buffer | undefined;
  reading: NoteReading;
  /** SHA-256 of the archive's stored bytes, as it says; undefined without a note that can be read. */
  sha256: string | undefined;
}

/**
 * Reads the note of a backup that is open.
 *
 * @throws {OperatorError} where it is not of what is stored, and where it is not the one that was believed.
 */
export async function readNoteToCopy(
  { from, source }: { from: Store; source: RandomAccess },
  signal: AbortSignal,
): Promise<CopiedNote> {
  const { name, form, size, noteSha256: believed } = source;
  const bytes = await from.beside.read(notePlace(name), signal);
  const reading: NoteReading = bytes === undefined ? { state: "none" } : noteOfBytes(name, bytes);
  const task = `Cannot copy ${name} from ${from.url}`;
  // What was believed is kept for these bytes, and the note may have been replaced or removed since.
  if (believed !== undefined && (reading.state !== "read" || reading.sha256 !== believed))
    throw new OperatorError(`${task}: its note is not the one that was signed`);
  // One that a later version wrote is copied as it is: that version reads it there.
  if (reading.state !== "read") return { bytes, reading, sha256: undefined };
  const { note } = reading;
  const advice = `It is damaged, or the note is of another: ${shellCommand`kube-backup verify ${name}`}`;
  if (note.object !== fileOfBackup(name, form))
    throw new OperatorError(`${task}: its note is of ${note.object}`, { advice });
  if (note.bytes !== size)
    throw new OperatorError(`${task}: it has ${size} bytes, and its note says ${note.bytes}`, { advice });
  return { bytes, reading, sha256: note.sha256 };
}

/**
 * Writes the note of a backup into a store, where it is not there already.
 *
 * @returns whether it was written.
 * @throws {OperatorError} where another note has its name.
 */
export async function createNote(
  { to, backup, bytes }: { to: Store; backup: string; bytes: Buffer | undefined },
  signal: AbortSignal,
): Promise<boolean> {
  if (bytes === undefined) return false;
  const isThere = () => findNote({ to, backup, bytes }, signal);
  // Of a copy that was killed, or of an archive that was removed there.
  if (await isThere()) return false;
  try {
    await to.beside.create(notePlace(backup), bytes, signal);
    return true;
  } catch (error) {
    if (error instanceof BackupExistsError && (await isThere())) return false;
    throw error;
  }
}

/**
 * Looks whether the note of a backup is in a store.
 *
 * @throws {OperatorError} where another note has its name.
 */
export async function findNote(
  { to, backup, bytes }: { to: Store; backup: string; bytes: Buffer | undefined },
  signal: AbortSignal,
): Promise<boolean> {
  if (bytes === undefined) return false;
  const there = await to.beside.read(notePlace(backup), signal);
  if (there !== undefined && !there.equals(bytes)) throw otherNote(to, backup);
  return there !== undefined;
}

function otherNote(to: Store, backup: string): OperatorError {
  const key = sideKey(notePlace(backup));
  return new OperatorError(`Cannot copy ${backup} to ${to.url}: ${key} is there, and is another note`, {
    advice: `Nothing is replaced: look at it, and where it is wrong, remove ${key} and copy again`,
  });
}
