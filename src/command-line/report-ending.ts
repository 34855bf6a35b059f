import type { Log } from "../terminal/log/log.ts";
import { printLines } from "../terminal/styled.ts";
import { type Ending, EXIT_STATUS } from "./exit-status.ts";
import type { Output, TextStream } from "./output.ts";

/** Where {@link report} prints. */
export interface ReportOptions {
  stderr: TextStream;
  log: Log;
  output: Output;
}

/**
 * Prints how the program ended: plain text on a terminal, log lines elsewhere. The error itself, with its causes, is
 * shown at DEBUG only.
 */
export function report(ending: Ending, error: unknown, { stderr, log, output }: ReportOptions): void {
  const { status, messages, advice, stack } = ending;
  const failed = status !== EXIT_STATUS.done && status !== EXIT_STATUS.interrupted;
  if (stderr.isTTY === true) {
    const lines = messages.map((message) => (failed ? `error: ${message}` : message));
    printLines(stderr, [...lines, ...(advice === undefined ? [] : [advice]), ...(stack ?? [])]);
  } else {
    const level = failed ? "error" : status === EXIT_STATUS.done ? "info" : "warn";
    for (const message of messages) log[level]({ exitStatus: status, advice, stack }, message);
  }
  if (failed) log.debug({ err: error }, "Cause");
  if (output.json && !output.shown && status !== EXIT_STATUS.done) {
    output.show({ json: { error: messages.join("\n"), advice, exitStatus: status }, text: () => [] });
  }
}
