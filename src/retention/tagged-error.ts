import { OperatorError } from "../errors.ts";

/** A backup was to be removed, and has got a tag meanwhile that keeps it. */
export class TaggedError extends OperatorError {
  override name = "TaggedError";

  /** @param reasons why it stays: `tag keep`. */
  constructor(backup: string, reasons: readonly string[]) {
    super(`Cannot remove ${backup}: it has been tagged meanwhile, and stays (${reasons.join(", ")})`);
  }
}
