import { OperatorError } from "../../errors.ts";
import { FORMAT_VERSION } from "./manifest.ts";

/** A later program wrote the archive, in a format that this program does not know. */
export class NewerFormatError extends OperatorError {
  override name = "NewerFormatError";
  /** What is wrong, without the name of the backup. */
  readonly reason: string;

  constructor(backup: string, formatVersion: number) {
    const reason = `it is of format version ${formatVersion}, and this program reads up to ${FORMAT_VERSION}`;
    super(`Cannot read backup ${backup}: ${reason}`, { advice: "Use a newer kube-backup" });
    this.reason = reason;
  }
}
