/** How lines of the log are written. */
export type LogFormat = "text" | "json";

/** What the form of the log is chosen by. */
export interface LogFormatFacts {
  /** LOG_FORMAT, where it is set. */
  given: LogFormat | undefined;
  /** Whether the log goes to a terminal. */
  terminal: boolean;
  /** Whether the command runs until it is stopped, so that programs collect its log. */
  service: boolean;
}

/** The form of the log: JSON for programs, which read that of a service, and text for people. */
export function chooseLogFormat({ given, terminal, service }: LogFormatFacts): LogFormat {
  return given ?? (service && !terminal ? "json" : "text");
}
