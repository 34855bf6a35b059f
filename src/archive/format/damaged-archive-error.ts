import { OperatorError } from "../../errors.ts";

/**
 * A backup is no archive of this program, or differs from what was written. Unlike a store that cannot be read, this
 * is a fact about the backup itself: another backup may be valid.
 */
export class DamagedArchiveError extends OperatorError {
  override name = "DamagedArchiveError";
  /** The name of the backup. */
  readonly backup: string;
  /** What is wrong, without the name of the backup. */
  readonly reason: string;

  constructor(backup: string, reason: string, options: { advice?: string; cause?: unknown } = {}) {
    super(`Cannot read backup ${backup}: ${reason}`, options);
    this.backup = backup;
    this.reason = reason;
  }
}
