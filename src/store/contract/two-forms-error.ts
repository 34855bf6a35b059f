import { OperatorError } from "../../errors.ts";
import { BACKUP_FORMS, fileOfBackup } from "./backup-name.ts";

/**
 * The one of the forms of a backup that were found; undefined where none was.
 *
 * @throws {TwoFormsError} where there are two.
 */
export function oneForm<Found>(
  { task, name }: { task: string; name: string },
  [found, other]: readonly Found[],
): Found | undefined {
  if (other !== undefined) throw new TwoFormsError(task, name);
  return found;
}

/** A store holds a backup encrypted and in plain. One of them may be another's work: neither counts. */
export class TwoFormsError extends OperatorError {
  override name = "TwoFormsError";
  /** What is wrong, without the name of the backup. */
  readonly reason: string;

  /** @param task the beginning of the message: "Cannot read backup_… in s3://…". */
  constructor(task: string, backup: string) {
    const reason = `the store holds ${BACKUP_FORMS.map((form) => fileOfBackup(backup, form)).join(" and ")}, and one of them may be somebody else's`;
    super(`${task}: ${reason}`, {
      advice:
        "Find out which one is yours, and move the other one out of the store. With ALLOWED_SIGNERS, the signed note decides",
    });
    this.reason = reason;
  }
}
