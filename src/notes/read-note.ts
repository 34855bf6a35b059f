import { createHash } from "node:crypto";
import { ForeignSideObjectError, type SidePlace } from "../store/contract/side-objects.ts";
import type { Store } from "../store/contract/store.ts";
import { type Note, NoteFault, splitNote } from "./note.ts";
import { parseNote } from "./parse-note.ts";

/** A note as it lies in the store. */
interface ReadNote {
  note: Note;
  /** The bytes that a signature is of. */
  text: string;
  /** The armored SSHSIG; undefined where the note is not signed. */
  signature: string | undefined;
  /** SHA-256 of all its bytes, hexadecimal: the note after names it. */
  sha256: string;
}

/** A note, or why there is none that can be read. */
export type NoteReading =
  | ({ state: "read" } & ReadNote)
  | { state: "none" }
  | { state: "unreadable"; reason: string };

/** The place of a backup's note. */
export function notePlace(backup: string): SidePlace {
  return { folder: "notes", backup, suffix: "note" };
}

/**
 * Reads the note of a backup. Nothing is said of who wrote it.
 *
 * @throws {OperatorError} where the store cannot be read.
 */
export async function readNote(
  { beside }: Pick<Store, "beside">,
  backup: string,
  signal: AbortSignal,
): Promise<NoteReading> {
  try {
    const bytes = await beside.read(notePlace(backup), signal);
    return bytes === undefined ? { state: "none" } : noteOfBytes(backup, bytes);
  } catch (error) {
    if (error instanceof ForeignSideObjectError) return { state: "unreadable", reason: error.reason };
    throw error;
  }
}

/** The same of its bytes. */
export function noteOfBytes(backup: string, bytes: Uint8Array): NoteReading {
  try {
    const { text, signature } = splitNote(bytes);
    const note = parseNote(text);
    if (!note.object.startsWith(`${backup}.`)) throw new NoteFault(`it is the note of ${note.object}`);
    const sha256 = createHash("sha256").update(bytes).digest("hex");
    return { state: "read", note, text, signature, sha256 };
  } catch (error) {
    if (error instanceof NoteFault) return { state: "unreadable", reason: error.message };
    throw error;
  }
}
