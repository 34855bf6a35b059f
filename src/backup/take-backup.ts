import { DamagedArchiveError } from "../archive/format/damaged-archive-error.ts";
import type { Manifest } from "../archive/format/manifest.ts";
import { openArchive } from "../archive/reader.ts";
import { type ArchiveWriter, createArchive } from "../archive/writer.ts";
import type { Recipients } from "../encryption/recipients.ts";
import { NoteChain } from "../notes/note-chain.ts";
import { notePlace } from "../notes/read-note.ts";
import {
  type CompleteArchive,
  type NotedBackup,
  type NoteOptions,
  putWithNote,
} from "../notes/write-note.ts";
import { namesInOrder } from "../restore/rounds/order.ts";
import { backupName } from "../store/contract/backup-name.ts";
import type { Store } from "../store/contract/store.ts";
import { inOrderOfTags } from "../store/contract/tag-name.ts";
import { rfc3339 } from "../time/rfc3339.ts";
import type { BackupObserver } from "./backup-observer.ts";
import { type Captured, type CaptureOptions, capture } from "./capture.ts";
import { ContentEnds } from "./content-ends.ts";
import { retryBackup } from "./retry-compacted.ts";

/** Options of {@link takeBackup}. */
export interface TakeBackupOptions extends Omit<CaptureOptions, "onPinned" | "onCaptured"> {
  store: Store;
  program: Manifest["program"];
  now: () => Date;
  /** The tags that the backup gets, as its manifest has them; none by default. */
  tags?: readonly string[] | undefined;
  /** The public keys that the backup is encrypted to; it is stored in plain by default. */
  recipients?: Recipients | undefined;
  /** How the notes beside backups are written; who takes several hands on the chain of its notes. */
  notes?: NoteOptions | undefined;
  /** Follows each attempt to take the backup; nobody by default. */
  observer?: BackupObserver | undefined;
  /** Called when the backup is in the store under its name, before the backup is verified. */
  onStored?: ((name: string) => void) | undefined;
}

/** A backup in the store under its final name. */
export interface TakenBackup {
  name: string;
  /** Size of the archive in bytes. */
  size: number;
  /** The etag of the bytes that were sent, of which the store has confirmed the checksums. */
  etag: string;
  manifest: Manifest;
}

/**
 * Takes a backup: captures the cluster, and archives and stores it at the same time, in constant memory.
 * Retries as {@link retryBackup} does.
 *
 * A backup that fails before it is stored leaves nothing under its name, and so does a backup that the
 * store returns damaged.
 */
export async function takeBackup(options: TakeBackupOptions, signal: AbortSignal): Promise<TakenBackup> {
  return await retryBackup(() => takeOnce(options, signal), options, signal);
}

async function takeOnce(options: TakeBackupOptions, signal: AbortSignal): Promise<TakenBackup> {
  const { store, program, log, notes = { chain: new NoteChain() } } = options;
  const time = new Date(Math.floor(options.now().getTime() / 1000) * 1000);
  const name = backupName(time);
  log.debug({ backup: name, store: store.url }, "Taking a backup");

  const archive = createArchive({ time, inOrder: namesInOrder });
  // The failure of the upload or of the capture aborts the other: a refused upload must not go on reading the cluster.
  const uploadFailed = new AbortController();
  const signalOrFailure = AbortSignal.any([signal, uploadFailed.signal]);
  const complete = Promise.withResolvers<CompleteArchive>();
  complete.promise.catch(() => {});
  const { content, ...sealing } = await sealed(archive.bytes, options.recipients);
  const ends = options.recipients && new ContentEnds();
  const noted = {
    ...{ store, name, complete: complete.promise, notes },
    ...{ content: ends?.of(content) ?? content, ...sealing },
  };
  const upload = putWithNote(noted, signalOrFailure);
  upload.catch((error) => uploadFailed.abort(error));
  let manifest: Manifest;
  try {
    const { observer } = options;
    observer?.begins();
    const begun = options.now();
    const captured: Captured = await capture(
      {
        ...options,
        onPinned: observer && ((pinned) => observer.pinned(name, begun, pinned)),
        onCaptured: observer && ((ended) => observer.captured(ended)),
      },
      observer === undefined ? archive : observed(archive, observer),
      signalOrFailure,
    );
    const tags = inOrderOfTags(options.tags ?? []);
    manifest = await archive.finish({
      ...captured,
      ...(tags.length === 0 ? {} : { tags }),
      program,
      time: rfc3339(time),
    });
    complete.resolve({ manifest, manifestSha256: archive.manifestSha256 });
  } catch (error) {
    complete.reject(error);
    archive.abort(error);
    await upload.catch(() => {});
    throw uploadFailed.signal.aborted && !signal.aborted ? uploadFailed.signal.reason : error;
  }
  const { size, etag } = await upload;
  options.onStored?.(name);
  try {
    await verifyStored({ store, name, size, etag, manifestSha256: archive.manifestSha256, ends }, signal);
  } catch (error) {
    // The bytes were verified during the upload: the store does not return what was stored.
    if (error instanceof DamagedArchiveError) {
      await store.remove(name, signal).catch(() => {});
      await store.beside.remove(notePlace(name), signal).catch(() => {});
    }
    throw error;
  }
  return { name, size, etag, manifest };
}

/** The archive, and somebody is told of each object that is added. */
function observed(archive: ArchiveWriter, observer: BackupObserver): Pick<ArchiveWriter, "add"> {
  return {
    add: async (object, signal) => {
      // The texts are read before their memory is given back.
      observer.added(object);
      await archive.add(object, signal);
    },
  };
}

/** The bytes to store, and what their note says of the encryption. */
async function sealed(
  bytes: AsyncIterable<Uint8Array>,
  recipients: Recipients | undefined,
): Promise<Pick<NotedBackup, "content" | "form" | "recipients">> {
  if (recipients === undefined) return { content: bytes };
  const [{ encryptStream }, { fingerprintOf }] = await Promise.all([
    import("../encryption/encrypt-stream.ts"),
    import("../encryption/recipients.ts"),
  ]);
  return {
    content: encryptStream(bytes, recipients),
    form: "zip.age",
    recipients: recipients.keys.map(fingerprintOf),
  };
}

interface Stored {
  store: Store;
  name: string;
  size: number;
  etag: string;
  manifestSha256: string;
  /** The ends of what was sent, where it is encrypted. */
  ends: ContentEnds | undefined;
}

/**
 * Verifies that the stored archive has the size, the central directory and the manifest that were written. An encrypted
 * one is compared with what was sent, its size, its etag and its ends, since this machine mostly has no key to read it with.
 */
async function verifyStored({ ends, ...stored }: Stored, signal: AbortSignal): Promise<void> {
  const { store, name } = stored;
  const given = ends === undefined ? await givesBack(stored, signal) : await areSent(stored, ends, signal);
  if (!given) throw new DamagedArchiveError(name, `${store.url} gives back another archive than was stored`);
}

async function givesBack(
  { store, name, size, manifestSha256 }: Omit<Stored, "ends">,
  signal: AbortSignal,
): Promise<boolean> {
  const source = await store.open(name, signal);
  try {
    const archive = await openArchive(source, signal);
    return source.size === size && archive.manifestSha256 === manifestSha256;
  } finally {
    await source.close();
  }
}

async function areSent(
  { store, name, size, etag }: Omit<Stored, "ends">,
  ends: ContentEnds,
  signal: AbortSignal,
): Promise<boolean> {
  const source = await store.openStored(name, signal);
  try {
    return source.size === size && source.etag === etag && (await ends.areOf(source, signal));
  } finally {
    await source.close();
  }
}
