import type { VerifyProgress } from "../archive/verify.ts";
import { sha256OfStored } from "../catalog/stored-bytes.ts";
import { OperatorError } from "../errors.ts";
import { beforeEnd, type ContentFacts } from "../notes/noted-content.ts";
import { notePlace } from "../notes/read-note.ts";
import { BackupExistsError } from "../store/contract/backup-exists-error.ts";
import { type BackupForm, fileOfBackup } from "../store/contract/backup-name.ts";
import type { RandomAccess, Store, StoredBackup } from "../store/contract/store.ts";
import { shellCommand } from "../words/shell-command.ts";
import { checkPresent } from "./check-present.ts";
import { type CopiedNote, createNote, readNoteToCopy } from "./copy-note.ts";
import { type CopiedTags, copyTags, type TagRules } from "./copy-tags.ts";

/** How much is read at a time, in bytes. */
const BLOCK_BYTES = 2 * 1024 * 1024;

/** How long the removal of what is not as it was sent may take after an error, in milliseconds. */
const REMOVAL = 5_000;

/** The two stores. */
export interface CopyRoute {
  /** As ALLOWED_SIGNERS has it believed. */
  from: Store;
  /** With all that is in it. */
  to: Store;
}

/** Options of {@link copyBackup}. */
export interface CopyOptions extends CopyRoute, TagRules {
  /** The backup, as the listing of `from` has it. */
  backup: Pick<StoredBackup, "name" | "time">;
  /** What has its name in `to`, as the listing there has it; undefined for nothing. */
  there: StoredBackup | undefined;
  /** Told how many of the stored bytes are copied, and then how many were read back. */
  onProgress?: ((step: "copying" | "checking", progress: VerifyProgress) => void) | undefined;
}

/** What became of a backup. */
export interface CopiedBackup {
  /** `present`: the same bytes were there already. */
  outcome: "copied" | "present";
  /** Of what is stored, in bytes. */
  size: number;
  /** Whether a note is beside it in the second store. */
  noted: boolean;
  tags: CopiedTags;
}

/**
 * Copies one backup to another store: the stored bytes as they are, encrypted or not, its note before them, and its tags
 * after them. It appears there complete or not at all, and is read back whole.
 *
 * @throws {UnbelievedError} where ALLOWED_SIGNERS passes the backup over.
 * @throws {OperatorError} where the bytes are not those that the note is of, where other bytes have the name in the second
 * store, and where a store cannot be read or written.
 */
export async function copyBackup(options: CopyOptions, signal: AbortSignal): Promise<CopiedBackup> {
  const { from, backup } = options;
  const source = await from.openStored(backup.name, signal);
  try {
    const note = await readNoteToCopy({ from, source }, signal);
    const one = { ...options, source, note, form: source.form ?? "zip" };
    const outcome = await copyArchive(one, signal);
    const stored = { ...backup, size: source.size, form: one.form };
    const tags = await copyTags({ ...options, backup: stored, note: note.reading }, signal);
    return { outcome, size: source.size, noted: note.bytes !== undefined, tags };
  } finally {
    await source.close();
  }
}

interface OneCopy extends CopyOptions {
  source: RandomAccess;
  note: CopiedNote;
  form: BackupForm;
}

async function copyArchive(one: OneCopy, signal: AbortSignal): Promise<CopiedBackup["outcome"]> {
  const { there } = one;
  if (there !== undefined) return await present(one, there, signal);
  try {
    await send(one, signal);
    return "copied";
  } catch (error) {
    // Another process has copied it meanwhile.
    const { to, backup } = one;
    const found =
      error instanceof BackupExistsError ? await to.newest({ until: backup.time }, signal) : undefined;
    if (found?.name !== backup.name) throw error;
    return await present(one, found, signal);
  }
}

async function present(one: OneCopy, there: StoredBackup, signal: AbortSignal): Promise<"present"> {
  const { to, backup, note } = one;
  await checkPresent({ ...one, there, sha256: note.sha256 }, signal);
  await createNote({ to, backup: backup.name, bytes: note.bytes }, signal);
  return "present";
}

/** Sends the bytes, the note before the last of them, and reads them back. */
async function send(one: OneCopy, signal: AbortSignal): Promise<void> {
  const { to, backup, source, note, form, onProgress } = one;
  const { name } = backup;
  let sent: ContentFacts | undefined;
  let hasNote = false;
  const content = beforeEnd(bytesOf(one, signal), async (facts) => {
    if (note.sha256 !== undefined && facts.sha256 !== note.sha256) throw notAsNoted(one);
    sent = facts;
    hasNote = await createNote({ to, backup: name, bytes: note.bytes }, signal);
  });
  try {
    await to.put(name, content, signal, { form });
  } catch (error) {
    if (hasNote) await removeLeft(one, { archive: false });
    throw error;
  }
  const onRead = (progress: VerifyProgress) => onProgress?.("checking", progress);
  const sha256 = await sha256OfStored(to, name, signal, { form, onProgress: onRead });
  if (sha256 === sent?.sha256 && sent.bytes === source.size) return;
  await removeLeft(one, { archive: true });
  throw new OperatorError(
    `Cannot copy ${name} to ${to.url}: what is there afterwards is not what was sent (SHA-256)`,
  );
}

async function* bytesOf({ source, onProgress }: OneCopy, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  const { size: total } = source;
  for (let done = 0; done < total; ) {
    const end = Math.min(total, done + BLOCK_BYTES);
    yield await source.read(done, end, signal);
    done = end;
    onProgress?.("copying", { done, total });
  }
}

function notAsNoted({ from, to, backup: { name }, form }: OneCopy): OperatorError {
  return new OperatorError(
    `Cannot copy ${fileOfBackup(name, form)} to ${to.url}: its bytes in ${from.url} are not those that its note is of (SHA-256)`,
    { advice: `It is damaged, or the note is of another: ${shellCommand`kube-backup verify ${name}`}` },
  );
}

/** Removes what this copy has made, as far as that may be done. */
async function removeLeft(
  { to, backup: { name }, form }: OneCopy,
  { archive }: { archive: boolean },
): Promise<void> {
  const signal = AbortSignal.timeout(REMOVAL);
  try {
    if (archive) await to.remove(name, signal, { form });
    // An upload of which nobody knows how it ended may have made the archive after all.
    if (!(await to.has(name, signal))) await to.beside.remove(notePlace(name), signal);
  } catch {
    // A note without an archive is passed over, and the next copy finds it as it should be.
  }
}
