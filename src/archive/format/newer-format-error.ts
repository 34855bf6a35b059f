import { OperatorError } from "../../errors.ts";
import { FORMAT_VERSION } from "./manifest.ts";

/** The archive was written by a later program, in a format that this one does not know. */
export class NewerFormatError extends OperatorError {
  override name = "NewerFormatError";
  /** What is the matter, without the backup's name. */
  readonly reason: string;

  constructor(backup: string, formatVersion: number) {
    const reason = `it is of format version ${formatVersion}, and this program reads up to ${FORMAT_VERSION}`;
    super(`Cannot read backup ${backup}: ${reason}`, { advice: "Use a newer kube-backup" });
    this.reason = reason;
  }
}
