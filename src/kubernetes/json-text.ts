import { Buffer } from "node:buffer";

/** A value that stays the JSON text that it came as: it is only passed on, and parsing it would cost most of that. */
export class JsonText {
  readonly #bytes: Buffer;

  /** @param bytes UTF-8, as `JSON.stringify` would write it. */
  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  /**
   * UTF-8, as `JSON.stringify` would write it.
   *
   * @throws {Error} when the memory has been freed: it would read as an empty text.
   */
  get bytes(): Buffer {
    if ((this.#bytes.buffer as ArrayBuffer).detached) throw new Error("The text's memory has been freed");
    return this.#bytes;
  }

  /** What `JSON.stringify` writes of it, inside whatever it is in. */
  toJSON(): unknown {
    return JSON.parse(this.bytes.toString());
  }
}

/** JSON text in pieces that follow one another, bytes in UTF-8 among them. */
export type TextPieces = readonly (string | Buffer)[];

/** Writes an object on one line, as `JSON.stringify` does; members that are text already are among the pieces as they are. */
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

/** The whole text of pieces. */
export function joinPieces(pieces: TextPieces): string {
  const [first] = pieces;
  if (pieces.length === 1 && typeof first === "string") return first;
  return Buffer.concat(
    pieces.map((piece) => (typeof piece === "string" ? Buffer.from(piece) : piece)),
  ).toString();
}
