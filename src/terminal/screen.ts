/** What is known of a stream that text goes to. */
export interface ScreenStream {
  write(text: string): unknown;
  isTTY?: boolean | undefined;
  columns?: number | undefined;
}

const CLEAR_LINE = "\r\u001b[K";

/** Columns of a terminal that does not tell. */
const USUAL_WIDTH = 80;

/**
 * A terminal with a line at its bottom that changes: the progress bar. All that is written to the
 * terminal meanwhile, to either stream, goes above that line.
 *
 * Neither is the cursor hidden nor its line wrapping changed, so that there is nothing to put right
 * when the process is killed.
 */
export class Screen {
  readonly #stream: ScreenStream;
  #line = "";
  /** Whether something else has begun the line, which must not be overwritten. */
  #begun = false;
  #closed = false;

  constructor(stream: ScreenStream) {
    this.#stream = stream;
  }

  /** Columns that the line may have: a full one would make the terminal begin another. */
  get width(): number {
    return Math.max(1, (this.#stream.columns || USUAL_WIDTH) - 1);
  }

  /** Shows a line in place of the one before; an empty one takes it away. */
  show(line: string): void {
    if (this.#begun || this.#closed || line === this.#line) return;
    this.#line = line;
    this.#stream.write(`${CLEAR_LINE}${line}`);
  }

  /** Takes the line away for good. */
  close(): void {
    this.show("");
    this.#closed = true;
  }

  /** The same stream, for everything else; one that goes elsewhere than to a terminal as it is. */
  above<T extends ScreenStream>(stream: T): ScreenStream {
    if (stream.isTTY !== true) return stream;
    return {
      isTTY: true,
      get columns() {
        return stream.columns;
      },
      write: (text) => {
        if (text === "") return;
        if (this.#line !== "") this.#stream.write(CLEAR_LINE);
        stream.write(text);
        this.#begun = !text.endsWith("\n");
        if (this.#begun) this.#line = "";
        else if (this.#line !== "") this.#stream.write(this.#line);
      },
    };
  }
}
