import { OperatorError } from "../../errors.ts";

/** The store already holds a backup of this name. Backups are never overwritten. */
export class BackupExistsError extends OperatorError {
  override name = "BackupExistsError";
  /** The backup's name. */
  readonly backup: string;

  constructor(backup: string, storeUrl: string) {
    super(`Cannot store ${backup}: ${storeUrl} holds a backup of that name already`);
    this.backup = backup;
  }
}
