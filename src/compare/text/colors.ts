import { styleText } from "node:util";

/** How text on a terminal is coloured; each returns its text as it is where there are no colours. */
export interface Colors {
  added(text: string): string;
  removed(text: string): string;
  changed(text: string): string;
  bold(text: string): string;
  dim(text: string): string;
}

/** The colours of a diff, or none. */
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
