import { stripVTControlCharacters } from "node:util";

/**
 * Columns that a text takes on a terminal, without its colours. Right for text without wide
 * characters, which is all that the help has. In the executable it stands for `string-width`,
 * whose tables of emoji and segments take 40 ms to set up.
 */
// biome-ignore lint/style/noDefaultExport: what it stands for is one.
export default function textWidth(text: string): number {
  return stripVTControlCharacters(text).length;
}
