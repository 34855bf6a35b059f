import { visible } from "../words/visible.ts";

/** The properties of an output stream that the screen uses. */
export interface ScreenStream {
  write(text: string): unknown;
  isTTY?: boolean | undefined;
  columns?: number | undefined;
}

const CLEAR_LINE = "\r\u001b[K";

/** Columns assumed for a terminal of unknown width. */
const DEFAULT_WIDTH = 80;

/**
 * A terminal with a status line at the bottom: the progress bar. Everything else written to the terminal, on either
 * stream, appears above the status line.
 *
 * The cursor stays visible and line wrapping stays on, so a killed process leaves nothing to reset.
 */
export class Screen {
  readonly #stream: ScreenStream;
  #line = "";
  /** Whether other output has started a line, which must not be overwritten. */
  #lineStarted = false;
  #closed = false;

  constructor(stream: ScreenStream) {
    this.#stream = stream;
  }

  /** The maximum width of the status line in columns. A full-width line would make the terminal wrap. */
  get width(): number {
    return Math.max(1, (this.#stream.columns || DEFAULT_WIDTH) - 1);
  }

  /** Replaces the status line. An empty line clears it. */
  show(line: string): void {
    const shown = visible(line);
    if (this.#lineStarted || this.#closed || shown === this.#line) return;
    this.#line = shown;
    this.#stream.write(`${CLEAR_LINE}${shown}`);
  }

  /** Clears the status line and ignores later ones. */
  close(): void {
    this.show("");
    this.#closed = true;
  }

  /**
   * Wraps a stream so that its output appears above the status line. A stream that is no terminal is returned
   * unchanged.
   */
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
        this.#lineStarted = !text.endsWith("\n");
        if (this.#lineStarted) this.#line = "";
        else if (this.#line !== "") this.#stream.write(this.#line);
      },
    };
  }
}
