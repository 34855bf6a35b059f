/** A stream for results or messages. */
export interface TextStream {
  write(text: string): unknown;
  isTTY?: boolean | undefined;
  columns?: number | undefined;
}

/** A result of a command, for scripts and for people. */
export interface Result {
  /** The document for scripts. Its format is stable. */
  json: unknown;
  /** The text for people. */
  text: () => string;
}

/** Options of {@link Output}. */
export interface OutputOptions {
  stdout: TextStream;
  /** Whether results are JSON (`--output json`). */
  json: boolean;
  /** Whether text may have colors. */
  colors: boolean;
}

/**
 * Writes the result of a command. With `--output json`, standard output holds exactly one JSON document: the result,
 * or {"error", "exitStatus"} when the command has no result.
 */
export class Output {
  readonly json: boolean;
  readonly colors: boolean;
  /**
   * Width of the terminal in columns. Undefined when standard output is not a terminal: lines may then have any
   * length.
   */
  readonly width: number | undefined;
  readonly #stdout: TextStream;
  #shown = false;

  constructor({ stdout, json, colors }: OutputOptions) {
    this.#stdout = stdout;
    this.json = json;
    this.colors = colors;
    this.width = stdout.isTTY === true ? stdout.columns : undefined;
  }

  /** Whether the command has written a result. */
  get shown(): boolean {
    return this.#shown;
  }

  /** Writes the result, as JSON or as text. */
  show(result: Result): void {
    const text = this.json ? JSON.stringify(result.json, undefined, 2) : result.text();
    this.write(text.endsWith("\n") || text === "" ? text : `${text}\n`);
  }

  /** Writes part of a result that has its own format, or that is too large for memory. */
  write(text: string): void {
    this.#shown = true;
    if (text !== "") this.#stdout.write(text);
  }
}
