/**
 * What a place for backups must do. `test/engine/store/contract.ts` holds every store to it.
 */

/** A backup as the store's listing shows it, without opening it. */
export interface StoredBackup {
  /** `backup_YYYYMMDDTHHMMSSZ`, without folder and without `.zip`. */
  name: string;
  /** The moment that the name says, which alone decides the backup's age. */
  time: Date;
  /** Size of the archive in bytes. */
  size: number;
}

/** Bytes that can be read at any place and do not change while they are read. */
export interface RandomAccess {
  /** How errors and logs call it: the backup's name. */
  readonly name: string;
  /** Length in bytes. */
  readonly size: number;
  /**
   * Reads the bytes from `start` up to but not including `end`, all of them.
   *
   * @throws {OperatorError} when they cannot be read, or are no longer those of the time of opening.
   */
  read(start: number, end: number, signal: AbortSignal): Promise<Uint8Array>;
  /** Lets go of what opening took. May be called twice. */
  close(): Promise<void>;
}

/** Where a store says what the operator may want to know; a pino logger is one. */
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

/**
 * A place for backups.
 *
 * Every method rejects with an {@link OperatorError} ("Cannot list backups in s3://…: reason") when
 * the place does not answer, is missing or refuses: being unreadable is never the same as being
 * empty. Passing faults are retried inside. An aborted signal rejects with its reason.
 * Whatever else lies in the place is neither shown nor touched.
 */
export interface Store {
  /** The place as people name it, without any secret. */
  readonly url: string;

  /** The backups, oldest first. */
  list(options: ListOptions, signal: AbortSignal): AsyncIterable<StoredBackup>;

  /** The newest backup, or undefined where there is none; found in a few requests however many there are. */
  newest(options: NewestOptions, signal: AbortSignal): Promise<StoredBackup | undefined>;

  /**
   * Whether something lies here that the older shell script made (`backup_*.tgz`): a place that
   * holds such files and no backup of ours is an error for the gate, never "no backups".
   */
  holdsOlderFormat(signal: AbortSignal): Promise<boolean>;

  /** Whether a backup of this name is there. */
  has(name: string, signal: AbortSignal): Promise<boolean>;

  /**
   * Opens a backup for reading. What is read is the object as it was when opened: when another
   * takes its place, reading fails.
   *
   * @throws {OperatorError} when there is none of that name.
   */
  open(name: string, signal: AbortSignal): Promise<RandomAccess>;

  /**
   * Stores a backup under its final name, from a stream of unknown length.
   *
   * It appears complete and with its bytes checked, or it does not appear: when `content` throws or
   * the signal aborts, nothing is left behind. It never replaces what is there. Once the step is
   * under way that makes the backup appear, an abort comes too late, and it ends as if there were none.
   *
   * @returns the size in bytes.
   * @throws {BackupExistsError} when there is a backup of that name, also when it came meanwhile.
   */
  put(name: string, content: AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<number>;

  /** Removes a backup. One that is not there is no error. */
  remove(name: string, signal: AbortSignal): Promise<void>;

  /** Closes connections. */
  close(): Promise<void>;
}
