/**
 * The contract of a store. `test/engine/store/contract.ts` checks every store against the contract.
 */

import type { BackupForm } from "./backup-name.ts";
import type { Segments } from "./segments.ts";
import type { SideObjects } from "./side-objects.ts";

/** A backup as the store's listing shows it, without opening it. */
export interface StoredBackup {
  /** `backup_YYYYMMDDTHHMMSSZ`, without folder and without `.zip` or `.zip.age`. */
  name: string;
  /** The time in the name, which alone determines the backup's age. */
  time: Date;
  /** A zip where it is absent. `both`: the store has two of this name, and nobody can say which is meant. */
  form?: BackupForm | "both" | undefined;
  /** The two, where the form is `both`. */
  forms?: readonly StoredForm[] | undefined;
  /** Size of what is stored, in bytes. */
  size: number;
  /** When the archive came into the store, by the store's clock; undefined where the listing does not say so. */
  lastModified?: Date | undefined;
  /** Tells these bytes from any others that have or had the same name; undefined where the listing does not say so. */
  etag?: string | undefined;
  /** When it was removed, of one that is hidden behind a delete marker. */
  deleted?: Date | undefined;
}

/** One form of a backup. */
export interface StoredForm extends StoredBackup {
  form?: BackupForm | undefined;
}

/** A backup that has just been stored. */
export interface StoredObject {
  /** Size in bytes. */
  size: number;
  /** The etag that the store gives to exactly the bytes that were sent. */
  etag: string;
}

/** Immutable bytes with random access. */
export interface RandomAccess {
  /** The backup's name, for errors and logs. */
  readonly name: string;
  /** Length in bytes. */
  readonly size: number;
  /** Length of what is stored, where that is encrypted and this is not. */
  readonly storedSize?: number | undefined;
  /** The etag of the stored bytes, as in {@link StoredBackup}. */
  readonly etag?: string | undefined;
  /** SHA-256 of the MANIFEST that the archive must hold, where somebody has vouched for it. */
  readonly manifestSha256?: string | undefined;
  /** SHA-256 of the note that was believed, where somebody has vouched: no other note says anything of these bytes. */
  readonly noteSha256?: string | undefined;
  /** The form in the store. */
  readonly form?: BackupForm | undefined;
  /**
   * Reads all bytes from `start` (inclusive) to `end` (exclusive).
   *
   * @throws {OperatorError} if the bytes cannot be read or have changed since opening.
   */
  read(start: number, end: number, signal: AbortSignal): Promise<Uint8Array>;
  /** Releases the resources. Idempotent. */
  close(): Promise<void>;
}

/** The log of a store, such as a pino logger. */
export interface StoreLog {
  debug(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}

/** Options of {@link Store.list}. */
export interface ListOptions {
  /** Only backups of this moment or later. */
  from?: Date | undefined;
}

/** Options of {@link Store.newest}. */
export interface NewestOptions {
  /** Only backups of this moment or earlier. */
  until?: Date | undefined;
}

/** The most places that {@link Store.placesBeside} names. */
export const MAX_PLACES = 5;

/** Options of {@link Store.open}. */
export interface OpenOptions {
  /** Only this form, by the caller's word that it is the right one of two. */
  form?: BackupForm | undefined;
}

/** Options of {@link Store.put}. */
export interface PutOptions {
  /** The form of the content, a zip by default. */
  form?: BackupForm | undefined;
}

/** Options of {@link Store.remove}. */
export interface RemoveOptions {
  etag?: string | undefined;
  form?: BackupForm | undefined;
}

/** What became of a backup that was removed. `hidden`: its bytes stay beneath a delete marker, in a bucket with versions. */
export type Removal = "removed" | "hidden";

/** What is stored under the name of a backup, what delete markers hide too. */
export interface StoredVersions {
  /** The number of its versions, without delete markers. */
  count: number;
  /** The size of all of them, in bytes. */
  size: number;
}

/**
 * A store of backups.
 *
 * Every method rejects with an {@link OperatorError} ("Cannot list backups in s3://…: reason") when
 * the store does not answer, is missing or denies access: an unreadable store never counts as empty.
 * The store retries transient errors. If the signal aborts, methods reject with the signal's reason.
 * Foreign files in the store are neither listed nor changed.
 */
export interface Store {
  /** The store's URL for messages, without secrets. */
  readonly url: string;
  /** Small objects beside the backups. */
  readonly beside: SideObjects;
  /** The change log between the backups. */
  readonly segments: Segments;

  /** The backups, oldest first. */
  list(options: ListOptions, signal: AbortSignal): AsyncIterable<StoredBackup>;

  /** The newest backup, or undefined where there is none; found in a few requests however many there are. */
  newest(options: NewestOptions, signal: AbortSignal): Promise<StoredBackup | undefined>;

  /**
   * Whether the store holds archives of the older shell script (`backup_*.tgz`). A store with such
   * archives and no kube-backup backup is an error for the restore gate, never "no backups".
   */
  holdsOlderFormat(signal: AbortSignal): Promise<boolean>;

  /**
   * The URLs of places beside this one, or below it, that hold backups: a slip in the prefix looks like "no backups". At
   * most five, the most similar first. What may not be listed is nothing, and never an error.
   */
  placesBeside(signal: AbortSignal): Promise<string[]>;

  /**
   * Finds out whether backups can be stored as the settings ask for, before one is taken: whether a bucket has the object
   * lock. Makes a folder that is missing.
   *
   * @throws {OperatorError} where they cannot.
   */
  prepare(signal: AbortSignal): Promise<void>;

  /** Whether the store holds a backup of this name, of any form. */
  has(name: string, signal: AbortSignal): Promise<boolean>;

  /**
   * Opens a backup for reading. Reads return the object as of opening, and fail if the object is
   * replaced.
   *
   * @throws {OperatorError} if there is no such backup.
   * @throws {TwoFormsError} if the store holds two of this name, and no form is named.
   */
  open(name: string, signal: AbortSignal, options?: OpenOptions): Promise<RandomAccess>;

  /** The same, and the bytes are those that are stored, also where `open` decrypts them. */
  openStored(name: string, signal: AbortSignal, options?: OpenOptions): Promise<RandomAccess>;

  /**
   * Stores a backup under its final name, from a stream of unknown length.
   *
   * The write is atomic: the backup appears complete and verified, or not at all. If `content` throws or
   * the signal aborts, nothing remains. An existing backup is never replaced. An abort during the commit
   * is too late: the commit finishes as without the abort.
   *
   * @throws {BackupExistsError} if there is a backup of that name, of any form; of the same form, even if created in the
   * meantime.
   */
  put(
    name: string,
    content: AsyncIterable<Uint8Array>,
    signal: AbortSignal,
    options?: PutOptions,
  ): Promise<StoredObject>;

  /**
   * Removes a backup. Idempotent: a missing backup is not an error.
   *
   * @param options.etag removes only the bytes of this etag. A server that knows no conditional removals removes whatever
   * has the name.
   * @param options.form removes only this form.
   * @throws {LockedError} if an object lock keeps it; {@link OperatorError} if other bytes have the name.
   * @throws {TwoFormsError} if the store holds two of this name, and no form is named.
   */
  remove(name: string, signal: AbortSignal, options?: RemoveOptions): Promise<Removal>;

  /**
   * What is stored under a name, hidden or not; in a bucket with versions, one version for each time that it was written.
   * Needs the right to list versions.
   */
  versions(name: string, signal: AbortSignal): Promise<StoredVersions>;

  /**
   * Removes everything that is stored under a name for good: its versions and its delete markers. What is locked stays, and
   * as much beside it that nothing which is hidden appears again.
   *
   * @param options.form of two that the store shows, only this one.
   * @throws {LockedError} if an object lock keeps a version.
   * @throws {TwoFormsError} if the store shows two of this name, and no form is named.
   */
  removeVersions(name: string, signal: AbortSignal, options?: OpenOptions): Promise<void>;

  /**
   * Removes what killed processes have left of backups that they were writing, and what nobody can be writing any more.
   *
   * @returns what was removed, as names for people.
   */
  sweep(signal: AbortSignal): Promise<string[]>;

  /**
   * How far the store's clock is ahead of this machine's, in milliseconds, as the latest answer told it. Undefined
   * before the first answer, and where the store has no clock of its own.
   */
  clockSkew(): number | undefined;

  /** Closes connections. */
  close(): Promise<void>;
}
