import { OperatorError } from "../../errors.ts";

/** A backup is not removed, since an object lock keeps it. */
export class LockedError extends OperatorError {
  override name = "LockedError";
  /** Follows "locked ": `until 2026-03-01`, `by a legal hold`. */
  readonly lock: string;

  /** @param until undefined for a legal hold, which has no end. */
  constructor(task: string, until: Date | undefined) {
    const lock = until === undefined ? "by a legal hold" : `until ${until.toISOString().slice(0, 10)}`;
    super(`${task}: it is locked ${lock}`);
    this.lock = lock;
  }
}
