/** The one place that says what comes of an error: the exit status, and what is printed. */

import { OperatorError, PartialError, UsageError } from "../errors.ts";
import { safeMessage, stackFrames } from "../terminal/log/error-fields.ts";
import { Interruption } from "./interruption.ts";

/** The program's exit statuses. They are stable: scripts count on them. */
export const EXIT_STATUS = {
  done: 0,
  failed: 1,
  /** Of a comparison: the two sides differ. As with diff, its failures are above 1. */
  different: 1,
  usage: 2,
  partial: 3,
  interrupted: 130,
} as const;

/** One of them. */
export type ExitStatus = (typeof EXIT_STATUS)[keyof typeof EXIT_STATUS];

/** The end of every help text. */
export const EXIT_STATUSES_HELP = [
  "Flags win over environment variables. S3 access keys come from the environment alone:",
  "AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN, or a profile or role.",
  "",
  "Exit statuses:",
  "  0    done",
  "  1    failed; of diff: different, and 2 where it failed",
  "  2    wrong usage or settings; nothing was touched",
  "  3    done in part",
  "  130  interrupted",
].join("\n");

/** How a command that threw ends. */
export interface Ending {
  status: ExitStatus;
  /** What to print, one message a line. */
  messages: readonly string[];
  /** What to do about it. */
  advice?: string;
  /** Where in the program it happened; given for defects alone. */
  stack?: readonly string[];
}

/** What {@link endingOf} must know besides the error. */
export interface EndingOptions {
  /** The program's signal: an error after its abort is most often only what the abort caused. */
  signal: AbortSignal;
  /** Whether the command runs until it is stopped. */
  service: boolean;
  /** Whether the command's status 1 says that two things differ. */
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

/** Whether the error is the abort itself, as thrown by us, by the runtime or by a library around it. */
function isInterruption(error: unknown, signal: AbortSignal): boolean {
  for (let each = error, depth = 0; each instanceof Error && depth < 8; each = each.cause, depth++) {
    if (each === signal.reason || each.name === "AbortError") return true;
  }
  return false;
}

function interrupted(reason: unknown, service: boolean): Ending {
  const stopSignal = reason instanceof Interruption ? reason.signal : "SIGINT";
  // Kubernetes ends every pod with SIGTERM: for the service that is no failure.
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
