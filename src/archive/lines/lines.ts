import { Buffer } from "node:buffer";
import { MAX_OBJECT_BYTES } from "../format/bounds.ts";
import { LIST_END, LIST_START } from "../format/layout.ts";

const NEWLINE = 0x0a;
const COMMA = 0x2c;

/**
 * The lines of a file, without newlines.
 *
 * @throws {Error} where a line is longer than `maxBytes`, or the last line has no newline.
 */
export async function* readLines(chunks: AsyncIterable<Buffer>, maxBytes: number): AsyncGenerator<Buffer> {
  let begun: Buffer[] = [];
  let begunBytes = 0;
  for await (const chunk of chunks) {
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, start)) {
      const rest = chunk.subarray(start, end);
      if (begunBytes + rest.length > maxBytes) throw tooLong(maxBytes);
      yield begun.length === 0 ? rest : Buffer.concat([...begun, rest]);
      begun = [];
      begunBytes = 0;
      start = end + 1;
    }
    if (start === chunk.length) continue;
    begun.push(chunk.subarray(start));
    begunBytes += chunk.length - start;
    if (begunBytes > maxBytes) throw tooLong(maxBytes);
  }
  if (begunBytes > 0) throw new Error("its last line has no end");
}

function tooLong(maxBytes: number): Error {
  return new Error(`a line of it is longer than ${maxBytes} bytes`);
}

/**
 * The items of a `List` file, each as the JSON of one object.
 *
 * @throws {Error} where the file is no such list. The message does not quote the file.
 */
export async function* readListItems(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let begun = false;
  let ended = false;
  let more = true;
  for await (const line of readLines(chunks, MAX_OBJECT_BYTES)) {
    if (!begun) {
      if (line.toString() !== LIST_START) break;
      begun = true;
    } else if (ended) {
      throw new Error("it goes on after its list");
    } else if (line.length === LIST_END.length && line.toString() === LIST_END) {
      ended = true;
    } else {
      if (!more) throw new Error("a comma is missing between its objects");
      more = line.at(-1) === COMMA;
      yield more ? line.subarray(0, -1) : line;
    }
  }
  if (!ended) throw new Error("it is no list of objects");
}
