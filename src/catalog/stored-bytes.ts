import { createHash } from "node:crypto";
import type { VerifyProgress } from "../archive/verify.ts";
import { isShapedAsAge } from "../encryption/shape.ts";
import type { Note } from "../notes/note.ts";
import { readNote } from "../notes/read-note.ts";
import type { BackupForm } from "../store/contract/backup-name.ts";
import type { RandomAccess, Store } from "../store/contract/store.ts";

/** How much is read at a time, in bytes. */
const BLOCK_BYTES = 2 * 1024 * 1024;

/** What can be said of an encrypted backup without its key. */
export interface StoredBytes {
  /** What its note says; undefined without one that can be read. */
  note: Note | undefined;
  /** Why the bytes are not what was stored; undefined where nothing speaks against them. */
  damage: string | undefined;
  /** The etag of the bytes. */
  etag: string | undefined;
}

/**
 * Looks at an encrypted backup without its key: its size, and where `whole` every byte, against its note; its form as an
 * age file in any case.
 *
 * @throws {OperatorError} where the store cannot be read.
 */
export async function checkStoredBytes(
  { store, name, whole }: { store: Store; name: string; whole: boolean },
  signal: AbortSignal,
  onProgress?: (progress: VerifyProgress) => void,
): Promise<StoredBytes> {
  const reading = await readNote(store, name, signal);
  const note = reading.state === "read" ? reading.note : undefined;
  const source = await store.openStored(name, signal);
  try {
    // What was believed is kept for these bytes, and the note may have been replaced or removed since.
    const { noteSha256: believed } = source;
    if (believed !== undefined && (reading.state !== "read" || reading.sha256 !== believed)) {
      return { note: undefined, damage: "its note is not the one that was signed", etag: source.etag };
    }
    const damage = await damageOf(source, note, { whole, onProgress }, signal);
    return { note, damage, etag: source.etag };
  } finally {
    await source.close();
  }
}

/**
 * SHA-256 of what is stored of a backup, hexadecimal, by reading all of it.
 *
 * @throws {OperatorError} where the store cannot be read.
 */
export async function sha256OfStored(
  store: Store,
  name: string,
  signal: AbortSignal,
  { form, onProgress }: { form?: BackupForm; onProgress?: (progress: VerifyProgress) => void } = {},
): Promise<string> {
  const source = await store.openStored(name, signal, form === undefined ? {} : { form });
  try {
    return await sha256Of(source, signal, onProgress);
  } finally {
    await source.close();
  }
}

async function damageOf(
  source: RandomAccess,
  note: Note | undefined,
  { whole, onProgress }: { whole: boolean; onProgress?: ((progress: VerifyProgress) => void) | undefined },
  signal: AbortSignal,
): Promise<string | undefined> {
  if (!(await isShapedAsAge(source, signal))) return "it is no age file, or its end is missing";
  if (note === undefined) return undefined;
  if (note.object !== `${source.name}.${source.form}`) return `its note is of ${note.object}`;
  if (note.bytes !== source.size) return `it has ${source.size} bytes, and its note says ${note.bytes}`;
  if (whole && (await sha256Of(source, signal, onProgress)) !== note.sha256) {
    return "its bytes are not those that its note is of (SHA-256)";
  }
  return undefined;
}

async function sha256Of(
  source: RandomAccess,
  signal: AbortSignal,
  onProgress: ((progress: VerifyProgress) => void) | undefined,
): Promise<string> {
  const hash = createHash("sha256");
  const { size: total } = source;
  for (let done = 0; done < total; ) {
    const end = Math.min(total, done + BLOCK_BYTES);
    hash.update(await source.read(done, end, signal));
    done = end;
    onProgress?.({ done, total });
  }
  return hash.digest("hex");
}
