import { Buffer } from "node:buffer";

/** A value that stays the JSON text in which it arrived. The value is only passed on, and parsing would cost most of that. */
export class JsonText {
  readonly #bytes: Buffer;

  /** @param bytes UTF-8, as `JSON.stringify` would write it. */
  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  /**
   * UTF-8, as `JSON.stringify` would write it.
   *
   * @throws {Error} where the memory has been freed: the text would read as empty.
   */
  get bytes(): Buffer {
    if ((this.#bytes.buffer as ArrayBuffer).detached) throw new Error("The text's memory has been freed");
    return this.#bytes;
  }

  /** What `JSON.stringify` writes for the value, as a member of any other value. */
  toJSON(): unknown {
    return JSON.parse(this.bytes.toString());
  }
}

/** JSON text in consecutive pieces, some of them bytes in UTF-8. */
export type TextPieces = readonly (string | Buffer)[];

/** Writes an object on one line, as `JSON.stringify` does. Members that are text already become pieces as they are. */
export function writeJson(object: object): TextPieces {
  const members = Object.entries(object);
  if (!members.some(([, value]) => value instanceof JsonText)) return [JSON.stringify(object)];
  const pieces: (string | Buffer)[] = [];
  let text = "";
  let separator = "{";
  for (const [key, value] of members) {
    if (value === undefined) continue;
    text += `${separator}${JSON.stringify(key)}:`;
    separator = ",";
    if (value instanceof JsonText) {
      pieces.push(text, value.bytes);
      text = "";
    } else {
      text += JSON.stringify(value);
    }
  }
  pieces.push(`${text}}`);
  return pieces;
}

/** Joins pieces to the whole text. */
export function joinPieces(pieces: TextPieces): string {
  const [first] = pieces;
  if (pieces.length === 1 && typeof first === "string") return first;
  return Buffer.concat(
    pieces.map((piece) => (typeof piece === "string" ? Buffer.from(piece) : piece)),
  ).toString();
}
