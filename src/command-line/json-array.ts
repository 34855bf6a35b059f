import type { Output } from "./output.ts";

/**
 * Writes an array as one JSON document, element by element, so that it is never held as a whole.
 *
 * Nothing is written before there is an element: a failure before that leaves standard output to the
 * document that tells of it. A later one leaves the array without its end, since a list that was cut
 * short must not look like a whole one.
 */
export async function writeJsonArray(output: Output, elements: AsyncIterable<unknown>): Promise<void> {
  let written = 0;
  for await (const element of elements) {
    const text = JSON.stringify(element, undefined, 2).replaceAll("\n", "\n  ");
    output.write(`${written === 0 ? "[" : ","}\n  ${text}`);
    written += 1;
  }
  output.write(written === 0 ? "[]\n" : "\n]\n");
}
