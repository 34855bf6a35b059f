import { jsonText, type Output } from "./output.ts";

/**
 * Writes an array as one JSON document, element by element, so that the array is never in memory as a whole.
 *
 * Nothing is written before the first element: if an error comes before it, standard output holds the error document
 * alone. A later error leaves the array unterminated, since a truncated list must not look like a complete list.
 */
export async function writeJsonArray(output: Output, elements: AsyncIterable<unknown>): Promise<void> {
  let written = 0;
  for await (const element of elements) {
    const text = jsonText(element).replaceAll("\n", "\n  ");
    output.document(`${written === 0 ? "[" : ","}\n  ${text}`);
    written += 1;
  }
  output.document(written === 0 ? "[]\n" : "\n]\n");
}
