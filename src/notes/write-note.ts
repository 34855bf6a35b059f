import { Buffer } from "node:buffer";
import type { Manifest } from "../archive/format/manifest.ts";
import { BackupExistsError } from "../store/contract/backup-exists-error.ts";
import { type BackupForm, fileOfBackup } from "../store/contract/backup-name.ts";
import type { Store, StoredObject } from "../store/contract/store.ts";
import { formatNote } from "./note.ts";
import type { NoteChain } from "./note-chain.ts";
import { noteOfManifest } from "./note-of-manifest.ts";
import { beforeEnd, type ContentFacts } from "./noted-content.ts";
import { notePlace } from "./read-note.ts";

/** How long the note of a backup that was not stored may take to go, in milliseconds. */
const REMOVAL = 5_000;

/** How notes are written. */
export interface NoteOptions {
  chain: NoteChain;
  /** Signs the text of a note: an armored SSHSIG. Notes are not signed by default. */
  sign?: ((text: Uint8Array) => string) | undefined;
  /** The store as the chain of notes is looked for in it: only those count that are believed. The store itself by default. */
  among?: Pick<Store, "newest" | "beside"> | undefined;
  /** Told where the backup that this process stored last is not in the store any more. */
  onGone?: ((backup: string) => void) | undefined;
}

/** What an archive holds, and the SHA-256 of its MANIFEST. */
export interface CompleteArchive {
  manifest: Manifest;
  manifestSha256: string;
}

/** A backup to store with its note. */
export interface NotedBackup {
  store: Store;
  name: string;
  /** What is stored: encrypted already where it is to be. */
  content: AsyncIterable<Uint8Array>;
  /** The form of the content, a zip by default, and the fingerprints of the keys that it is encrypted to. */
  form?: BackupForm | undefined;
  recipients?: string[] | undefined;
  /** Resolves when the content is complete; rejects where it never is. */
  complete: Promise<CompleteArchive>;
  notes: NoteOptions;
}

/**
 * Stores a backup with its note. The note comes first: where the archive is, its note is too, and the archive appears last.
 *
 * @throws {BackupExistsError} where there is a backup of that name, or a note: of a backup that is being stored, or was not.
 */
export async function putWithNote(
  { store, name, content, form, recipients = [], complete, notes }: NotedBackup,
  signal: AbortSignal,
): Promise<StoredObject> {
  const place = notePlace(name);
  const { chain, sign, among = store, onGone } = notes;
  let written: { counter: number; bytes: Buffer } | undefined;
  const write = async (stored: ContentFacts) => {
    const { manifest: facts, manifestSha256 } = await complete;
    if (chain.last !== undefined && !(await store.has(chain.last, signal))) onGone?.(chain.last);
    const { counter, previous } = await chain.next(
      among,
      { cluster: facts.cluster.id, until: new Date(facts.time) },
      signal,
    );
    const object = fileOfBackup(name, form);
    const note = noteOfManifest(facts, {
      ...{ object, ...stored, manifest: manifestSha256, recipients },
      ...{ counter, previous },
    });
    const text = formatNote(note);
    const bytes = Buffer.from(text + (sign?.(Buffer.from(text)) ?? ""));
    await store.beside.create(place, bytes, signal);
    written = { counter, bytes };
  };
  try {
    const stored = await store.put(name, beforeEnd(content, write), signal, { form });
    if (written !== undefined) chain.add(name, written.counter, written.bytes);
    return stored;
  } catch (error) {
    if (written !== undefined) await removeNote(store, name, error);
    throw error;
  }
}

/** Removes the note of a backup that was not stored, as far as that may be done. */
async function removeNote(store: Store, name: string, error: unknown): Promise<void> {
  const signal = AbortSignal.timeout(REMOVAL);
  try {
    // An upload of which nobody knows how it ended may have made the archive after all.
    const isAnothers = error instanceof BackupExistsError;
    if (isAnothers || !(await store.has(name, signal))) await store.beside.remove(notePlace(name), signal);
  } catch {
    // A note without an archive is passed over, and keeps its name from no other second.
  }
}
