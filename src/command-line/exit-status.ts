/** The only place that maps an error to an exit status and to the text that is printed. */

import { OperatorError, PartialError, UsageError } from "../errors.ts";
import { safeMessage, stackFrames } from "../terminal/log/error-fields.ts";
import { Interruption } from "./interruption.ts";

/** The exit statuses of the program. Scripts depend on the numbers: they are stable. */
export const EXIT_STATUS = {
  done: 0,
  failed: 1,
  /** The two sides of a comparison differ. As in diff, failures of a comparison are above 1. */
  different: 1,
  usage: 2,
  partial: 3,
  interrupted: 130,
} as const;

/** An exit status of the program. */
export type ExitStatus = (typeof EXIT_STATUS)[keyof typeof EXIT_STATUS];

/** The last line of the help of a command. */
export const EXIT_STATUS_LINE =
  "Exit status: 0 done, 1 failed, 2 wrong usage, 3 done in part, 130 interrupted";

/** The last line of the help of a command that compares. */
export const COMPARISON_STATUS_LINE =
  "Exit status: 0 alike, 1 different, 2 failed or wrong usage, 3 compared in part, 130 interrupted";

/** The last lines of the list of the flags of all commands. */
export const EXIT_STATUSES_HELP = [
  "Flags win over environment variables, and a variable KUBE_BACKUP_NAME over NAME.",
  "S3 access keys come from the environment alone:",
  "AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN, or a profile or role.",
  "",
  "Exit statuses:",
  "  0    done",
  "  1    failed; of diff: different, and 2 where it failed",
  "  2    wrong usage or settings; nothing was touched",
  "  3    done in part",
  "  130  interrupted",
].join("\n");

/** How the program ends after an error. */
export interface Ending {
  status: ExitStatus;
  /** The messages to print, one a line. */
  messages: readonly string[];
  /** What the user can do about the error. */
  advice?: string;
  /** The stack frames. Present for defects only. */
  stack?: readonly string[];
}

/** Options of {@link endingOf}. */
export interface EndingOptions {
  /** The program's signal. Most errors after its abort are caused by the abort. */
  signal: AbortSignal;
  /** Whether the command runs until it is stopped. */
  service: boolean;
  /** Whether exit status 1 of the command means "different". */
  comparison?: boolean;
}

/** Decides how the program ends after an error. */
export function endingOf(error: unknown, options: EndingOptions): Ending {
  const ending = endingOfAny(error, options);
  const failed = options.comparison === true && ending.status === EXIT_STATUS.failed;
  return failed ? { ...ending, status: EXIT_STATUS.usage } : ending;
}

function endingOfAny(error: unknown, { signal, service }: EndingOptions): Ending {
  if (signal.aborted && isInterruption(error, signal)) return interrupted(signal.reason, service);
  if (error instanceof UsageError) return ending(EXIT_STATUS.usage, error.problems, error.advice);
  if (error instanceof PartialError) return ending(EXIT_STATUS.partial, [error.message], error.advice);
  if (error instanceof OperatorError) return ending(EXIT_STATUS.failed, [error.message], error.advice);
  return defect(error);
}

/** Whether the error is the abort itself, as this program, the runtime, or a wrapping library throws it. */
function isInterruption(error: unknown, signal: AbortSignal): boolean {
  for (let each = error, depth = 0; each instanceof Error && depth < 8; each = each.cause, depth++) {
    if (each === signal.reason || each.name === "AbortError") return true;
  }
  return false;
}

function interrupted(reason: unknown, service: boolean): Ending {
  const stopSignal = reason instanceof Interruption ? reason.signal : "SIGINT";
  // Kubernetes stops every pod with SIGTERM, so SIGTERM is no failure of the service.
  if (service && stopSignal === "SIGTERM") return ending(EXIT_STATUS.done, ["Stopped by SIGTERM"]);
  return ending(EXIT_STATUS.interrupted, [`Interrupted by ${stopSignal}`]);
}

function defect(error: unknown): Ending {
  const name = error instanceof Error ? `${error.name}: ${safeMessage(error)}` : `thrown: ${typeof error}`;
  return {
    ...ending(
      EXIT_STATUS.failed,
      [`Unexpected ${name}`],
      "This is a defect of kube-backup: please report it",
    ),
    stack: error instanceof Error ? stackFrames(error) : [],
  };
}

function ending(status: ExitStatus, messages: readonly string[], advice?: string): Ending {
  return advice === undefined ? { status, messages } : { status, messages, advice };
}
