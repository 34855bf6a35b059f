/** The signals that stop the program gracefully. */
export type StopSignal = "SIGINT" | "SIGTERM";

/** The reason of the program's AbortSignal. */
export class Interruption extends Error {
  override name = "Interruption";
  readonly signal: StopSignal;

  constructor(signal: StopSignal) {
    super(`Interrupted by ${signal}`);
    this.signal = signal;
  }
}
