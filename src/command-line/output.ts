import { type Line, printLines, printSentences } from "../terminal/styled.ts";
import { visibleDocument, visibleJson } from "../words/visible.ts";

/** A stream for results or messages. */
export interface TextStream {
  write(text: string): unknown;
  isTTY?: boolean | undefined;
  columns?: number | undefined;
}

/**
 * The version of all JSON documents of the commands, in their field `schemaVersion`. It is raised when a field is removed
 * or comes to mean something else, and not when a field is added.
 */
export const SCHEMA_VERSION = 1;

/** A result of a command, for scripts and for people. */
export interface Result {
  /** The document for scripts, without its `schemaVersion`. Its format is stable. */
  json: object;
  /** The lines for people. */
  text: () => readonly Line[];
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
 * or {"schemaVersion", "error", "advice", "exitStatus"} when the command has no result.
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
  readonly #terminal: boolean;
  #shown = false;

  constructor({ stdout, json, colors }: OutputOptions) {
    this.#stdout = stdout;
    this.json = json;
    this.colors = colors;
    this.#terminal = stdout.isTTY === true;
    this.width = this.#terminal ? stdout.columns : undefined;
  }

  /** Whether the command has written a result. */
  get shown(): boolean {
    return this.#shown;
  }

  /** Writes the result, as JSON or as text. */
  show(result: Result): void {
    if (this.json) this.document(`${jsonText({ schemaVersion: SCHEMA_VERSION, ...result.json })}\n`);
    else this.sentences(result.text());
  }

  /** Writes lines for people: no line feed, and nothing else that a terminal obeys, comes out of their text. */
  lines(lines: readonly Line[]): void {
    this.#shown = true;
    printLines(this.#stdout, lines);
  }

  /** The same for sentences, and what stands among them: on a terminal they wrap between words. */
  sentences(lines: readonly Line[]): void {
    this.#shown = true;
    printSentences(this.#stdout, lines);
  }

  /**
   * Writes part of a document for programs, such as JSON or YAML, exactly. A terminal gets no character that it would
   * obey: the formats that have escapes escape them everywhere, and what has none is exact in pipes and files.
   */
  document(text: string): void {
    this.#shown = true;
    if (text !== "") this.#stdout.write(this.#terminal ? visibleDocument(text) : text);
  }
}

/** A value as JSON in which nothing is raw that a terminal would obey. */
export function jsonText(value: unknown): string {
  return visibleJson(JSON.stringify(value, undefined, 2));
}
