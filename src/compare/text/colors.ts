import { type Line, type Style, styled } from "../../terminal/styled.ts";

/** Functions that color text for a terminal. Without color, they return the text unchanged. */
export interface Colors {
  added(text: Line): Line;
  removed(text: Line): Line;
  changed(text: Line): Line;
  bold(text: Line): Line;
  dim(text: Line): Line;
}

/** The colors of a diff, or functions without color. */
export function colorsOf(colored: boolean): Colors {
  const style = (style: Style) => (text: Line) => (colored ? styled(style, text) : text);
  return {
    added: style("green"),
    removed: style("red"),
    changed: style("yellow"),
    bold: style("bold"),
    dim: style("dim"),
  };
}
