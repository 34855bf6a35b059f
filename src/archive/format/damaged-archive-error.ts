import { OperatorError } from "../../errors.ts";

/**
 * What a store gave as a backup is no archive of ours, or not as it was written. Unlike a store that
 * cannot be read this says something of the backup itself: another backup may be whole.
 */
export class DamagedArchiveError extends OperatorError {
  override name = "DamagedArchiveError";
  /** The backup's name. */
  readonly backup: string;
  /** What is wrong, without the backup's name. */
  readonly reason: string;

  constructor(backup: string, reason: string, options: { advice?: string; cause?: unknown } = {}) {
    super(`Cannot read backup ${backup}: ${reason}`, options);
    this.backup = backup;
    this.reason = reason;
  }
}
