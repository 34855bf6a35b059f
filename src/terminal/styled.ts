/**
 * Lines for people. A style is an object beside the text, not a sequence within it: whatever sequences a text holds,
 * they are part of the text, and {@link printable} makes them visible.
 */

import { styleText } from "node:util";
import { visibleLine } from "../words/visible.ts";
import { wrapLine } from "./wrap.ts";

/** A line, or a part of one. */
export type Line = string | Styled;

/** A style of the terminal. */
export type Style = "bold" | "dim" | "green" | "red" | "yellow";

interface Part {
  text: string;
  /** The outermost first. */
  styles: readonly Style[];
}

/** Text with styles. A class with a private field, so that nothing that was parsed can pass for one. */
class Styled {
  readonly #parts: readonly Part[];

  constructor(parts: readonly Part[]) {
    this.#parts = parts;
  }

  static partsOf(line: Line): readonly Part[] {
    if (typeof line !== "string") return line.#parts;
    return line === "" ? [] : [{ text: line, styles: [] }];
  }
}

/** The text with one more style around it. */
export function styled(style: Style, line: Line): Line {
  const parts = Styled.partsOf(line).map(({ text, styles }) => ({ text, styles: [style, ...styles] }));
  return parts.length === 0 ? "" : new Styled(parts);
}

/** One line of several parts. */
export function joined(...parts: readonly Line[]): Line {
  return parts.every((part) => typeof part === "string")
    ? parts.join("")
    : new Styled(parts.flatMap(Styled.partsOf));
}

/** The line as a terminal shows it: only styles are sequences that it obeys. Without a line feed. */
export function printable(line: Line): string {
  if (typeof line === "string") return visibleLine(line);
  return Styled.partsOf(line)
    .map(({ text, styles }) => styleText([...styles], visibleLine(text), { validateStream: false }))
    .join("");
}

/** Prints lines for people. */
export function printLines(stream: { write(text: string): unknown }, lines: readonly Line[]): void {
  if (lines.length > 0) stream.write(`${lines.map(printable).join("\n")}\n`);
}

/** A stream that may be a terminal. */
export interface SentenceStream {
  write(text: string): unknown;
  isTTY?: boolean | undefined;
  /** Width of the terminal. */
  columns?: number | undefined;
}

/** The same, where lines that are too wide for a terminal go on in further ones, between words. */
export function printSentences(stream: SentenceStream, lines: readonly Line[]): void {
  const width = stream.isTTY === true ? stream.columns : undefined;
  printLines(
    stream,
    lines.flatMap<Line>((line) => (typeof line === "string" ? wrapLine(visibleLine(line), width) : [line])),
  );
}
