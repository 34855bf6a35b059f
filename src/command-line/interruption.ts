/** The signals that end the program in an orderly way. */
export type StopSignal = "SIGINT" | "SIGTERM";

/** The reason with which the program's AbortSignal aborts. */
export class Interruption extends Error {
  override name = "Interruption";
  readonly signal: StopSignal;

  constructor(signal: StopSignal) {
    super(`Interrupted by ${signal}`);
    this.signal = signal;
  }
}
