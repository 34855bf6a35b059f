import type { Buffer } from "node:buffer";
import { OperatorError } from "../../errors.ts";
import { backupTime } from "./backup-name.ts";

/** The folders of small objects beside the backups. */
export const SIDE_FOLDERS = ["notes", "reports", "tags"] as const;
export type SideFolder = (typeof SIDE_FOLDERS)[number];

/** The largest such object, in bytes: more is none that this program has written. */
export const MAX_SIDE_BYTES = 256 * 1024;

/** Something that this program has not written lies where an object would: it is too large, or no file. */
export class ForeignSideObjectError extends OperatorError {
  override name = "ForeignSideObjectError";
  readonly reason: string;

  /** @param reason a clause: `it is too large`. */
  constructor(task: string, reason: string) {
    super(`${task}: ${reason}`);
    this.reason = reason;
  }
}

/** A small object beside the backups: `notes/backup_20260131T120000Z.note`. */
export interface SidePlace {
  folder: SideFolder;
  /** The name of the backup that the object is about. */
  backup: string;
  /** Follows the name of the backup: `note`, or with a moment, `restore-20260201T080000Z`. */
  suffix: string;
}

/** An object beside the backups, as a listing shows it. */
export interface ListedSideObject {
  place: SidePlace;
  /** When it came into the store, by the store's clock; undefined where the listing does not say so. */
  lastModified: Date | undefined;
}

/** Options of {@link SideObjects.remove}. */
export interface RemoveSideOptions {
  /** Whether an object stays that an object lock keeps: a plain removal would hide it behind a delete marker. */
  heedLock?: boolean | undefined;
}

/** Small objects beside the backups, one of each kind for each backup. */
export interface SideObjects {
  /** The backups that have an object in a folder, in the order of their names; each once. */
  list(folder: SideFolder, signal: AbortSignal): AsyncIterable<string>;
  /** The objects about backups of before a moment, by the time in their names, the oldest first. The rest is not listed. */
  listBefore(folder: SideFolder, before: Date, signal: AbortSignal): AsyncIterable<ListedSideObject>;
  /**
   * Reads an object; undefined where there is none.
   *
   * @throws {ForeignSideObjectError} where the object is larger than {@link MAX_SIDE_BYTES}, or no file.
   * @throws {OperatorError} where the store cannot be read.
   */
  read(place: SidePlace, signal: AbortSignal): Promise<Buffer | undefined>;
  /**
   * Writes an object that does not exist yet, whole or not at all.
   *
   * @throws {BackupExistsError} where there is one.
   */
  create(place: SidePlace, bytes: Uint8Array, signal: AbortSignal): Promise<void>;
  /** Writes an object, in place of the one that is there. */
  replace(place: SidePlace, bytes: Uint8Array, signal: AbortSignal): Promise<void>;
  /**
   * Removes an object. One that is not there is no error.
   *
   * @throws {LockedError} if an object lock keeps it, with `heedLock`.
   */
  remove(place: SidePlace, signal: AbortSignal, options?: RemoveSideOptions): Promise<void>;
}

/** The backup that a file in one of these folders is about; undefined for a file of another name. */
export function backupOfSideFile(file: string): string | undefined {
  return placeOfSideFile("notes", file)?.backup;
}

const SUFFIX = "[a-z]+(?:-\\d{8}T\\d{6}Z)?";
const FILE = new RegExp(`^([^.]+)\\.(${SUFFIX})$`);

/** The place of a file in one of these folders; undefined for a file of another name. */
export function placeOfSideFile(folder: SideFolder, file: string): SidePlace | undefined {
  const [, backup, suffix] = FILE.exec(file) ?? [];
  if (backup === undefined || suffix === undefined || backupTime(backup) === undefined) return undefined;
  return { folder, backup, suffix };
}

/** Whether an object is about a backup of before a moment. */
export function isBefore({ backup }: SidePlace, before: Date): boolean {
  const time = backupTime(backup);
  return time !== undefined && time < before;
}

/**
 * The key of an object below the prefix of the store.
 *
 * @throws {Error} where the name is no backup's: no other text may become part of a path or key.
 */
export function sideKey({ folder, backup, suffix }: SidePlace): string {
  if (backupTime(backup) === undefined || !FILE.test(`${backup}.${suffix}`)) {
    throw new Error(`${JSON.stringify(`${backup}.${suffix}`)} is no name of an object beside a backup`);
  }
  return `${folder}/${backup}.${suffix}`;
}
