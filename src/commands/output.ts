/** How results are written, as `--output` says. */
export type OutputFormat = "table" | "json";

/** A stream that results or messages go to. */
export interface TextStream {
  write(text: string): unknown;
  isTTY?: boolean | undefined;
  columns?: number | undefined;
}

/** One result, in both forms. */
export interface Result {
  /** What a script reads: a document that stays stable. */
  json: unknown;
  /** What a person reads. */
  text: () => string;
}

/**
 * Where a command's result goes. With `--output json`, standard output holds one JSON document and
 * nothing else: the result, or {"error", "exitStatus"} where the command came to none.
 */
export class Output {
  readonly format: OutputFormat;
  readonly #stdout: TextStream;
  #shown = false;

  constructor(stdout: TextStream, format: OutputFormat) {
    this.#stdout = stdout;
    this.format = format;
  }

  /** Whether the command has shown its result. */
  get shown(): boolean {
    return this.#shown;
  }

  /** Shows the result. */
  show(result: Result): void {
    this.#shown = true;
    const text = this.format === "json" ? JSON.stringify(result.json, undefined, 2) : result.text();
    this.#stdout.write(text.endsWith("\n") ? text : `${text}\n`);
  }
}
