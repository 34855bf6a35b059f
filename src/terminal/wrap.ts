import wrapAnsi from "wrap-ansi";

/** The gap before the last column of a row, or of a list of facts. */
const LAST_GAP = /^(.*\S {3,})\S/s;

/** The smallest width of a last column that wraps within itself, in columns. */
const MIN_COLUMN = 20;

/**
 * Wraps a line between words, so that a terminal does not break one. What goes on has the indentation of the line; the
 * last column of a row stays below itself. A word that is longer than a line, such as a name to be copied, is left to the
 * terminal.
 *
 * @param width of the terminal in columns; undefined for no limit.
 */
export function wrapLine(line: string, width: number | undefined): string[] {
  if (width === undefined || line.length <= width) return [line];
  const head = headOf(line, width);
  const indent = " ".repeat(head.length);
  const wrapped = wrapWords(line.slice(head.length), width - head.length);
  return wrapped.map((part, index) => (index === 0 ? head : indent) + part);
}

/** Wraps a text between words. A longer word is broken only where `breaks` says so. */
export function wrapWords(text: string, width: number, { breaks = false } = {}): string[] {
  return wrapAnsi(text, width, { hard: breaks, wordWrap: true, trim: true })
    .split("\n")
    .map((line) => line.trimEnd());
}

/** What comes before the text that wraps: the indentation, or the other columns. */
function headOf(line: string, width: number): string {
  const [, columns] = LAST_GAP.exec(line) ?? [];
  if (columns !== undefined && width - columns.length >= MIN_COLUMN) return columns;
  return /^ */.exec(line)?.[0] ?? "";
}
