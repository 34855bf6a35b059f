import { OperatorError } from "../errors.ts";

/** A backup that nobody in ALLOWED_SIGNERS has signed, or that is not what was signed. */
export class UnbelievedError extends OperatorError {
  override name = "UnbelievedError";

  constructor(what: string, reason: string) {
    super(`Cannot use ${what}: ${reason}`, {
      advice:
        "ALLOWED_SIGNERS says whose backups are used. By hand, --unsigned uses what nobody there has signed",
    });
  }
}
