import { DamagedArchiveError } from "../archive/format/damaged-archive-error.ts";
import type { Manifest } from "../archive/format/manifest.ts";
import { type Archive, openArchive } from "../archive/reader.ts";
import { type VerifyObserver, verifyArchive } from "../archive/verify.ts";
import { OperatorError } from "../errors.ts";
import type { Store, StoredBackup } from "../store/contract/store.ts";
import { TwoFormsError } from "../store/contract/two-forms-error.ts";
import type { Log } from "../terminal/log/log.ts";
import { rfc3339 } from "../time/rfc3339.ts";
import { findNamed } from "./find-backup.ts";
import { findMoreComplete } from "./more-complete.ts";
import { noBackupsError } from "./no-backups.ts";
import type { OtherMoment } from "./open-other-moments.ts";

/** A backup that is open for reading. */
export interface OpenBackup {
  name: string;
  /** The etag of the bytes that are read. */
  etag: string | undefined;
  archive: Archive;
  /** Whether it is encrypted in the store. */
  encrypted: boolean;
  close(): Promise<void>;
}

/** How much of a backup is verified on opening; every file is verified again on reading. */
export interface OpenOptions extends VerifyObserver {
  /** `every byte`, or only the `manifest` and the presence of all files, which takes one or two requests. */
  check: "every byte" | "manifest";
}

/**
 * Opens and verifies a backup.
 *
 * @throws {DamagedArchiveError} if the file is not a kube-backup archive or has changed since it was written.
 * @throws {OperatorError} naming the nearest backups if there is no such backup.
 */
export async function openBackup(
  store: Store,
  name: string,
  signal: AbortSignal,
  { check = "every byte", ...observer }: Partial<OpenOptions> = {},
): Promise<OpenBackup> {
  await findNamed(store, name, signal);
  const source = await store.open(name, signal);
  try {
    const archive = await openArchive(source, signal);
    if (check === "every byte") await verifyArchive(archive, signal, observer);
    const encrypted = source.form === "zip.age";
    return { name, etag: source.etag, archive, encrypted, close: () => source.close() };
  } catch (error) {
    await source.close();
    throw error;
  }
}

/** Options of {@link openNewestBackup}. */
export interface NewestBackupOptions extends Partial<OpenOptions> {
  store: Store;
  /** Only backups at or after this time; unlimited by default. */
  from?: Date | undefined;
  /** Only backups at or before this time; unlimited by default. */
  until?: Date | undefined;
  /** Whether a backup counts, by its manifest; all count by default. */
  accepts?: ((manifest: Manifest) => boolean) | undefined;
  /** Whether only encrypted backups count. */
  encryptedOnly?: boolean | undefined;
  log: Log;
}

/**
 * Opens the newest intact backup, or the one that goes before it since that lacks what an older one holds
 * ({@link findMoreComplete}). Damaged backups are logged as errors and skipped.
 *
 * @throws {OperatorError} if there is no intact backup.
 */
export async function openNewestBackup(
  options: NewestBackupOptions,
  signal: AbortSignal,
): Promise<OpenBackup> {
  const { store, from, until: latest, encryptedOnly = false, log } = options;
  const damaged = new Set<string>();
  const skip = (error: unknown, name: string) => {
    // If the store cannot be read, the state of the backup is unknown: the backup does not count as damaged.
    if (!(error instanceof DamagedArchiveError || error instanceof TwoFormsError)) throw error;
    damaged.add(name);
    log.error(
      { backup: name, err: error },
      "This backup is damaged and cannot be restored; looking for the next newest",
    );
  };
  let until = latest;
  for (;;) {
    const newest = await store.newest({ until }, signal);
    if (newest === undefined || (from !== undefined && newest.time < from)) break;
    until = new Date(newest.time.getTime() - 1000);
    if (encryptedOnly && newest.form !== "zip.age") continue;
    try {
      const opened = await openOrBetter(newest, { ...options, damaged, skip }, signal);
      if (opened !== undefined) return opened;
    } catch (error) {
      skip(error, newest.name);
    }
  }
  throw await nothingToOpen(options, damaged, signal);
}

/**
 * Opens a backup, or the one that goes before it; undefined where it does not count.
 *
 * @throws {DamagedArchiveError} where the backup is damaged.
 */
async function openOrBetter(
  newest: StoredBackup,
  options: NewestBackupOptions & {
    damaged: ReadonlySet<string>;
    skip: (error: unknown, name: string) => void;
  },
  signal: AbortSignal,
): Promise<OpenBackup | undefined> {
  const { store, accepts, encryptedOnly = false, damaged: except, check = "every byte" } = options;
  const opened = await openBackup(store, newest.name, signal, { check: "manifest" });
  let result: OpenBackup | undefined;
  try {
    const { manifest } = opened.archive;
    // The listing said another form: what has the name may have been replaced since.
    if (encryptedOnly && !opened.encrypted) return undefined;
    if (accepts?.(manifest) === false) return undefined;
    for (;;) {
      const better = await findMoreComplete({ backup: newest, manifest }, { ...options, except }, signal);
      if (better === undefined) break;
      try {
        const whole = await openBackup(store, better, signal, options);
        if (encryptedOnly && !whole.encrypted) {
          await whole.close();
          throw new DamagedArchiveError(better, "it was encrypted when it was listed, and is not any more");
        }
        result = whole;
        return result;
      } catch (error) {
        options.skip(error, better);
      }
    }
    if (check === "every byte") await verifyArchive(opened.archive, signal, options);
    result = opened;
    return result;
  } finally {
    if (result !== opened) await opened.close();
  }
}

/** The error where no backup can be opened. */
async function nothingToOpen(
  { store, from, until }: NewestBackupOptions,
  damaged: ReadonlySet<string>,
  signal: AbortSignal,
): Promise<OperatorError> {
  const when = until === undefined ? "" : ` of ${until.toISOString()} or earlier`;
  if (damaged.size === 0) {
    if ((await store.newest({}, signal)) === undefined) return await noBackupsError(store, signal);
    return new OperatorError(`Cannot open a backup: ${store.url} holds none${when}`);
  }
  const which = from === undefined ? `every backup${when}` : "every backup that is fresh";
  return new OperatorError(`Cannot open a backup: ${which} is damaged: ${[...damaged].join(", ")}`, {
    ...(from === undefined
      ? {}
      : { advice: "Restore an older one by hand (kube-backup restore BACKUP), or raise MAXRESTOREAGE" }),
  });
}

/** Which backup to open. */
export type BackupChoice =
  | { kind: "latest" }
  | { kind: "named"; name: string }
  /** The newest backup at or before a point in time. */
  | { kind: "at"; time: Date; orBefore?: boolean | undefined }
  | OtherMoment;

/**
 * Opens the moment of the change log that is chosen; undefined where a backup is: by name, or since the change log does not
 * go back as far.
 */
export async function openChosenMoment(
  choice: BackupChoice,
  { store, log }: Pick<NewestBackupOptions, "store" | "log">,
  signal: AbortSignal,
): Promise<OpenBackup | undefined> {
  if (choice.kind === "named" || choice.kind === "latest") return undefined;
  if (choice.kind === "at" && choice.orBefore === true) return undefined;
  const moment =
    choice.kind === "at"
      ? await (await import("../change-log/replay/open-moment.ts")).openMoment(
          { store, moment: choice.time },
          signal,
        )
      : await (await import("./open-other-moments.ts")).openOtherMoment(choice, { store, log }, signal);
  if (moment === undefined) return undefined;
  const { archive, base, changes, revision, time, encrypted } = moment;
  log.info({ backup: base, changes, revision }, `The change log leads to ${time.toISOString()}`);
  return { name: archive.name, etag: undefined, archive, encrypted, close: async () => {} };
}

/** Opens the chosen backup. `latest` and `at` skip damaged backups, and `at` says which backup it takes. */
export async function openChosenBackup(
  choice: BackupChoice,
  options: Omit<NewestBackupOptions, "from" | "until">,
  signal: AbortSignal,
): Promise<OpenBackup> {
  if (choice.kind === "named") {
    return await openBackup(options.store, choice.name, signal, options);
  }
  const moment = await openChosenMoment(choice, options, signal);
  if (moment !== undefined) return moment;
  if (choice.kind !== "at") return await openNewestBackup(options, signal);
  const opened = await openNewestBackup({ ...options, until: choice.time }, signal);
  options.log.info(`${opened.name} is the newest backup that is not later than ${rfc3339(choice.time)}`);
  return opened;
}
