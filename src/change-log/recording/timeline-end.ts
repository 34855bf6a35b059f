/** Why a timeline of the change log cannot go on. The next backup begins another one. */
export class TimelineEnd extends Error {
  override name = "TimelineEnd";
  /** Whether it is no fault: a label or the kinds have changed. */
  readonly isExpected: boolean;
  /** Whether another timeline would end in the same way: a right is missing. */
  readonly isFinal: boolean;

  /** @param message the reason, after "because". */
  constructor(message: string, { isExpected = false, isFinal = false } = {}) {
    super(message);
    this.isExpected = isExpected;
    this.isFinal = isFinal;
  }
}
