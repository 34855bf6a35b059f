import { Buffer } from "node:buffer";
import { MAX_OBJECT_BYTES } from "../format/bounds.ts";
import { LIST_END, LIST_START } from "../format/layout.ts";

const NEWLINE = 0x0a;
const COMMA = 0x2c;

/**
 * The lines of a file, without newlines: with each chunk those that end in it. One by one, each would wait a turn of its
 * own in every generator that it passes.
 *
 * @throws {Error} where a line is longer than `maxBytes`, or the last line has no newline.
 */
export async function* readLines(chunks: AsyncIterable<Buffer>, maxBytes: number): AsyncGenerator<Buffer[]> {
  let begun: Buffer[] = [];
  let begunBytes = 0;
  for await (const chunk of chunks) {
    const lines: Buffer[] = [];
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, start)) {
      const rest = chunk.subarray(start, end);
      if (begunBytes + rest.length > maxBytes) throw tooLong(maxBytes);
      if (begun.length === 0) lines.push(rest);
      else {
        lines.push(Buffer.concat([...begun, rest]));
        begun = [];
        begunBytes = 0;
      }
      start = end + 1;
    }
    if (lines.length > 0) yield lines;
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
 * The items of a `List` file, each as the JSON of one object, with each chunk those that end in it.
 *
 * @throws {Error} where the file is no such list. The message does not quote the file.
 */
export async function* readListItems(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer[]> {
  const list = new ListLines();
  for await (const lines of readLines(chunks, MAX_OBJECT_BYTES)) {
    const items = lines.flatMap((line) => list.item(line) ?? []);
    if (items.length > 0) yield items;
  }
  list.end();
}

/** The lines of a `List` file, one after another. */
class ListLines {
  #begun = false;
  #ended = false;
  #more = true;

  /** The item in a line; undefined where the list begins or ends with the line. */
  item(line: Buffer): Buffer | undefined {
    if (!this.#begun) {
      if (line.toString() !== LIST_START) throw new Error("it is no list of objects");
      this.#begun = true;
      return undefined;
    }
    if (this.#ended) throw new Error("it goes on after its list");
    if (line.length === LIST_END.length && line.toString() === LIST_END) {
      this.#ended = true;
      return undefined;
    }
    if (!this.#more) throw new Error("a comma is missing between its objects");
    this.#more = line.at(-1) === COMMA;
    return this.#more ? line.subarray(0, -1) : line;
  }

  /** The file has no more lines. */
  end(): void {
    if (!this.#ended) throw new Error("it is no list of objects");
  }
}
