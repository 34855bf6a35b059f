import { OperatorError } from "../../errors.ts";

/** A backup of that name is in the store already, and backups are never overwritten. */
export class BackupExistsError extends OperatorError {
  override name = "BackupExistsError";
  /** The name that is taken. */
  readonly backup: string;

  constructor(backup: string, storeUrl: string) {
    super(`Cannot store ${backup}: ${storeUrl} holds a backup of that name already`);
    this.backup = backup;
  }
}
