import { stripVTControlCharacters } from "node:util";

/**
 * The width of a text in terminal columns, without color codes. Correct for text without wide characters, such as the
 * help. Replaces `string-width` in the executable, whose tables of emoji and segments take 40 ms to load.
 */
// biome-ignore lint/style/noDefaultExport: `string-width` has a default export.
export default function textWidth(text: string): number {
  return stripVTControlCharacters(text).length;
}
