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

/** Options of {@link Output}. */
export interface OutputOptions {
  stdout: TextStream;
  /** Whether results are JSON, as `--output json` asks. */
  json: boolean;
  /** Whether text may have colours. */
  colors: boolean;
}

/**
 * Where a command's result goes. With `--output json`, standard output holds one JSON document and
 * nothing else: the result, or {"error", "exitStatus"} where the command came to none.
 */
export class Output {
  readonly json: boolean;
  readonly colors: boolean;
  /** Columns of the terminal that results go to; undefined where they go elsewhere and may be of any width. */
  readonly width: number | undefined;
  readonly #stdout: TextStream;
  #shown = false;

  constructor({ stdout, json, colors }: OutputOptions) {
    this.#stdout = stdout;
    this.json = json;
    this.colors = colors;
    this.width = stdout.isTTY === true ? stdout.columns : undefined;
  }

  /** Whether the command has shown its result. */
  get shown(): boolean {
    return this.#shown;
  }

  /** Shows the result. */
  show(result: Result): void {
    const text = this.json ? JSON.stringify(result.json, undefined, 2) : result.text();
    this.write(text.endsWith("\n") || text === "" ? text : `${text}\n`);
  }

  /** Writes a piece of a result that has a form of its own, or that is too large to be held as a whole. */
  write(text: string): void {
    this.#shown = true;
    if (text !== "") this.#stdout.write(text);
  }
}
