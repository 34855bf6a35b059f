import { styleText } from "node:util";

/** Functions that color text for a terminal. Without color, they return the text unchanged. */
export interface Colors {
  added(text: string): string;
  removed(text: string): string;
  changed(text: string): string;
  bold(text: string): string;
  dim(text: string): string;
}

/** The colors of a diff, or functions without color. */
export function colorsOf(colored: boolean): Colors {
  const style = (format: Parameters<typeof styleText>[0]) => (text: string) =>
    colored && text !== "" ? styleText(format, text, { validateStream: false }) : text;
  return {
    added: style("green"),
    removed: style("red"),
    changed: style("yellow"),
    bold: style("bold"),
    dim: style("dim"),
  };
}
