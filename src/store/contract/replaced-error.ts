import { OperatorError } from "../../errors.ts";

/** A backup's name belongs to other bytes than it did when the backup was looked at. */
export class ReplacedError extends OperatorError {
  override name = "ReplacedError";

  /** @param task the beginning of the message: "Cannot remove backup_… from s3://…". */
  constructor(task: string, what: "object" | "file") {
    super(`${task}: the ${what} was replaced since it was looked at`, {
      advice: "Look at it: kube-backup list --long",
    });
  }
}
