import type { Log } from "../terminal/log/log.ts";
import { printSentences } from "../terminal/styled.ts";
import { type Ending, EXIT_STATUS } from "./exit-status.ts";
import type { Output, TextStream } from "./output.ts";

/** Where {@link report} prints. */
export interface ReportOptions {
  stderr: TextStream;
  /** Whether the log is text. */
  readable: boolean;
  log: Log;
  output: Output;
}

/**
 * Prints how the program ended: plain text, or log lines where the log is JSON. The error itself, with its causes, is
 * shown at DEBUG only.
 */
export function report(
  ending: Ending,
  error: unknown,
  { stderr, readable, log, output }: ReportOptions,
): void {
  const { status, messages, advice, stack } = ending;
  const failed = status !== EXIT_STATUS.done && status !== EXIT_STATUS.interrupted;
  if (readable) {
    const lines = messages.map((message) => (failed ? `error: ${message}` : message));
    printSentences(stderr, [...lines, ...(advice === undefined ? [] : [advice]), ...(stack ?? [])]);
  } else {
    const level = failed ? "error" : status === EXIT_STATUS.done ? "info" : "warn";
    for (const message of messages) log[level]({ exitStatus: status, advice, stack }, message);
  }
  if (failed) log.debug({ err: error }, "Cause");
  if (output.json && !output.shown && status !== EXIT_STATUS.done) {
    output.show({
      json: { error: messages.join("\n"), advice: advice ?? null, exitStatus: status },
      text: () => [],
    });
  }
}
