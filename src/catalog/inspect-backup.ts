import { ArchiveBudget } from "../archive/archive-budget.ts";
import { DamagedArchiveError } from "../archive/format/damaged-archive-error.ts";
import { NewerFormatError } from "../archive/format/newer-format-error.ts";
import { openArchive } from "../archive/reader.ts";
import { type VerifyProgress, verifyArchive } from "../archive/verify.ts";
import { inOrder } from "../concurrency/in-order.ts";
import { MissingKeyError } from "../encryption/missing-key-error.ts";
import { ReplacedError } from "../store/contract/replaced-error.ts";
import type { RandomAccess, Store, StoredBackup } from "../store/contract/store.ts";
import { TwoFormsError } from "../store/contract/two-forms-error.ts";
import type { Inspection } from "./inspection.ts";

/** Bytes per request. The manifest and the table of contents are at the end of the archive, usually within a few tens of KiB. */
const BLOCK_BYTES = 128 * 1024;

/** Maximum number of inspections in flight. */
const CONCURRENCY = 8;

/** Options of {@link inspectBackup}. */
export interface InspectOptions {
  /** Only the bytes of this etag are meant; whatever has the name otherwise. */
  etag?: string | undefined;
  /** `every byte` reads the whole archive, with as many requests as that takes; `manifest` is the default. */
  check?: "every byte" | "manifest";
  onProgress?: ((progress: VerifyProgress) => void) | undefined;
  /** The memory of all that are inspected at once. */
  budget?: ArchiveBudget | undefined;
}

/**
 * Inspects a backup, with a few small requests where not every byte is checked.
 *
 * @returns undefined if the backup no longer exists.
 * @throws {ReplacedError} if other bytes have the name.
 * @throws {OperatorError} if the store cannot be read; the state of the backup is then unknown.
 */
export async function inspectBackup(
  store: Store,
  name: string,
  signal: AbortSignal,
  { etag, check = "manifest", onProgress, budget = new ArchiveBudget() }: InspectOptions = {},
): Promise<Inspection | undefined> {
  using held = new DisposableStack();
  try {
    const source = await openOrLocked(store, name, signal);
    if (source instanceof MissingKeyError) {
      return await inspectStored(store, source, signal, { check, etag, onProgress });
    }
    try {
      if (etag !== undefined && source.etag !== etag) {
        throw new ReplacedError(`Cannot read ${name} in ${store.url}`, "object");
      }
      const memory = { budget, held };
      const whole = check === "every byte";
      const archive = await openArchive(source, signal, {
        memory,
        ...(whole ? {} : { blockBytes: BLOCK_BYTES }),
      });
      if (whole) await verifyArchive(archive, signal, { onProgress });
      return { state: "valid", manifest: archive.manifest };
    } finally {
      await source.close();
    }
  } catch (error) {
    if (error instanceof DamagedArchiveError) return { state: "damaged", reason: error.reason };
    if (error instanceof NewerFormatError) return { state: "newer format", reason: error.reason };
    if (error instanceof TwoFormsError) return { state: "damaged", reason: error.reason };
    signal.throwIfAborted();
    // Another program may have removed the backup after the listing.
    if (!(await store.has(name, signal))) return undefined;
    throw error;
  }
}

async function openOrLocked(
  store: Store,
  name: string,
  signal: AbortSignal,
): Promise<RandomAccess | MissingKeyError> {
  try {
    return await store.open(name, signal);
  } catch (error) {
    if (error instanceof MissingKeyError) return error;
    throw error;
  }
}

/** Inspects a backup that no key opens, by its stored bytes and its note. */
async function inspectStored(
  store: Store,
  { backup: name, reason }: MissingKeyError,
  signal: AbortSignal,
  { check, etag, onProgress }: InspectOptions,
): Promise<Inspection> {
  const [{ checkStoredBytes }, { manifestOfNote }] = await Promise.all([
    import("./stored-bytes.ts"),
    import("../notes/manifest-of-note.ts"),
  ]);
  const whole = check === "every byte";
  const found = await checkStoredBytes({ store, name, whole }, signal, onProgress);
  if (etag !== undefined && found.etag !== etag) {
    throw new ReplacedError(`Cannot read ${name} in ${store.url}`, "object");
  }
  const { note, damage } = found;
  if (damage !== undefined) return { state: "damaged", reason: damage };
  return { state: "encrypted", reason, manifest: note && manifestOfNote(note) };
}

/** Inspects backups concurrently and yields the results in order. Skips backups that no longer exist. */
export async function* inspectBackups(
  store: Store,
  backups: AsyncIterable<StoredBackup>,
  signal: AbortSignal,
): AsyncGenerator<{ backup: StoredBackup; inspection: Inspection }> {
  const budget = new ArchiveBudget();
  const inspected = inOrder(backups, CONCURRENCY, async (backup) => ({
    backup,
    inspection: await inspectBackup(store, backup.name, signal, { budget }),
  }));
  for await (const { backup, inspection } of inspected) {
    if (inspection !== undefined) yield { backup, inspection };
  }
}
