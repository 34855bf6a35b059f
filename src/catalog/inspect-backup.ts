import PQueue from "p-queue";
import { DamagedArchiveError } from "../archive/format/damaged-archive-error.ts";
import type { Manifest } from "../archive/format/manifest.ts";
import { NewerFormatError } from "../archive/format/newer-format-error.ts";
import { openArchive } from "../archive/reader.ts";
import type { Store, StoredBackup } from "../store/contract/store.ts";

/**
 * What a look at a backup's manifest and table of contents shows. `valid` says that these are in
 * order and agree; whether every byte is right only reading all of it tells.
 */
export type Inspection =
  | { state: "valid"; manifest: Manifest }
  /** `newer format`: a later program wrote it, and may well be able to read it. */
  | { state: "damaged" | "newer format"; reason: string };

/** Bytes of one request. What is looked for lies at the archive's end, in most within a few tens of KiB. */
const BLOCK_BYTES = 128 * 1024;

/** Backups that are looked into at a time. */
const CONCURRENCY = 8;

/**
 * Looks into a backup, with a few small requests.
 *
 * @returns undefined where there is no backup of that name any more.
 * @throws {OperatorError} when the store cannot be read, which says nothing of the backup.
 */
export async function inspectBackup(
  store: Store,
  name: string,
  signal: AbortSignal,
): Promise<Inspection | undefined> {
  try {
    const source = await store.open(name, signal);
    try {
      const { manifest } = await openArchive(source, signal, { blockBytes: BLOCK_BYTES });
      return { state: "valid", manifest };
    } finally {
      await source.close();
    }
  } catch (error) {
    if (error instanceof DamagedArchiveError) return { state: "damaged", reason: error.reason };
    if (error instanceof NewerFormatError) return { state: "newer format", reason: error.reason };
    signal.throwIfAborted();
    // Another program may have removed it since it was listed.
    if (!(await store.has(name, signal))) return undefined;
    throw error;
  }
}

/** Looks into backups, a few at a time, and gives them out in their order; leaves out those that are gone. */
export async function* inspectBackups(
  store: Store,
  backups: AsyncIterable<StoredBackup>,
  signal: AbortSignal,
): AsyncGenerator<{ backup: StoredBackup; inspection: Inspection }> {
  const queue = new PQueue({ concurrency: CONCURRENCY });
  const begun: Promise<{ backup: StoredBackup; inspection: Inspection | undefined }>[] = [];
  try {
    for await (const backup of backups) {
      const inspected = queue.add(async () => ({
        backup,
        inspection: await inspectBackup(store, backup.name, signal),
      }));
      // What fails is thrown when its turn comes.
      inspected.catch(() => {});
      begun.push(inspected);
      if (begun.length >= 2 * CONCURRENCY) yield* present(await begun.shift());
    }
    for (const inspected of begun) yield* present(await inspected);
  } finally {
    queue.clear();
    await queue.onIdle();
  }
}

function* present(
  found: { backup: StoredBackup; inspection: Inspection | undefined } | undefined,
): Generator<{ backup: StoredBackup; inspection: Inspection }> {
  if (found?.inspection !== undefined) yield { backup: found.backup, inspection: found.inspection };
}
