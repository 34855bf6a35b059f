/**
 * The errors that a person can act on. Everything else that is thrown is a defect of the program
 * and is shown with its stack. `commands/exit-status.ts` is the one place that turns errors into
 * exit statuses.
 */

/** Options of {@link OperatorError}. */
export interface OperatorErrorOptions {
  /** What to do about it, as a sentence without its full stop. */
  advice?: string;
  /** The error underneath; shown at DEBUG only. */
  cause?: unknown;
}

/**
 * Something outside the program is not as it must be: a cluster, a store, an archive.
 *
 * The message reads "Cannot X: reason", and names the object or setting that it is about.
 * It never holds the value of a Secret or of a credential.
 */
export class OperatorError extends Error {
  override name = "OperatorError";
  readonly advice: string | undefined;

  constructor(message: string, options: OperatorErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.advice = options.advice;
  }
}

/** The command line or the settings are wrong: found before anything is touched, all at once. */
export class UsageError extends OperatorError {
  override name = "UsageError";
  /** One line for each problem, each naming the setting, its value and what would be right. */
  readonly problems: readonly string[];

  constructor(problems: readonly string[], options: OperatorErrorOptions = {}) {
    super(problems.join("\n"), options);
    this.problems = problems;
  }
}

/** The work was done, but not for every object. */
export class PartialError extends OperatorError {
  override name = "PartialError";
}
