import { OperatorError } from "../errors.ts";
import { FORMAT_VERSION } from "./manifest.ts";

/** The archive was written by a later program, in a format that this one does not know. */
export class NewerFormatError extends OperatorError {
  override name = "NewerFormatError";

  constructor(backup: string, formatVersion: number) {
    super(
      `Cannot read backup ${backup}: it is of format version ${formatVersion}, and this program reads up to ${FORMAT_VERSION}`,
      { advice: "Use a newer kube-backup" },
    );
  }
}
