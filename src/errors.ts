/**
 * The errors that a user can act on. Every other error is a defect of the program and is shown with its stack.
 * `command-line/exit-status.ts` alone maps errors to exit statuses.
 */

/** Options of {@link OperatorError}. */
export interface OperatorErrorOptions {
  /** What the user can do about the error, as a sentence without the period. */
  advice?: string;
  /** The underlying error; shown at DEBUG only. */
  cause?: unknown;
}

/**
 * A problem outside the program: in a cluster, a store, or an archive.
 *
 * The message reads "Cannot X: reason" and names the object or setting concerned. The message never contains the
 * value of a Secret or of a credential.
 */
export class OperatorError extends Error {
  override name = "OperatorError";
  readonly advice: string | undefined;

  constructor(message: string, options: OperatorErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.advice = options.advice;
  }
}

/** The command line or the settings are invalid. Thrown before anything is changed, with all problems at once. */
export class UsageError extends OperatorError {
  override name = "UsageError";
  /** One line for each problem, with the setting, its value, and the accepted values. */
  readonly problems: readonly string[];

  constructor(problems: readonly string[], options: OperatorErrorOptions = {}) {
    super(problems.join("\n"), options);
    this.problems = problems;
  }
}

/** The command succeeded for some objects and failed for others. */
export class PartialError extends OperatorError {
  override name = "PartialError";
}
