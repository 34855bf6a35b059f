import type { Buffer } from "node:buffer";

/** The marks of JSON, as bytes. */
export const COMMA = 0x2c;
export const OPEN_LIST = 0x5b;
export const CLOSE_LIST = 0x5d;
export const OPEN_OBJECT = 0x7b;
export const CLOSE_OBJECT = 0x7d;
const QUOTE = 0x22;
const COLON = 0x3a;
const BACKSLASH = 0x5c;
const LAST_SPACE = 0x20;

/** Unicode escapes and escaped slashes: `JSON.stringify` writes most characters without them. */
const WRITTEN_OTHERWISE = ["\\u", "\\/"];

/** The text ends where more must follow: the text is truncated, or has not arrived yet. */
export class JsonEndsError extends SyntaxError {
  override name = "JsonEndsError";
}

/**
 * Walks over the JSON text of a server without building values. The cursor looks only at what it walks over, and not
 * inside strings: the cursor does not validate the text.
 */
export class JsonCursor {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  /** The position of the next value, key or mark, in bytes. */
  get position(): number {
    while ((this.#bytes[this.#at] ?? Number.NaN) <= LAST_SPACE) this.#at += 1;
    return this.#at;
  }

  /** The text from a position up to the current position, or to another. */
  textFrom(start: number, end: number = this.#at): string {
    return this.#bytes.toString("utf8", start, end);
  }

  /** The bytes from a position up to the end of the text. */
  bytesFrom(start: number): Buffer {
    return this.#bytes.subarray(start);
  }

  /**
   * Calls back at each value of an object. The callback must walk over the value.
   *
   * @throws {SyntaxError} where the next value is no object.
   */
  members(visit: (key: string) => void): void {
    this.expect(OPEN_OBJECT);
    if (this.take(CLOSE_OBJECT)) return;
    do visit(this.key());
    while (this.take(COMMA));
    this.expect(CLOSE_OBJECT);
  }

  /** Walks over the key of a member and the colon after the key. */
  key(): string {
    const start = this.position;
    this.skip();
    const key = JSON.parse(this.textFrom(start)) as string;
    this.expect(COLON);
    return key;
  }

  /** Walks over a mark, if the mark is next. */
  take(mark: number): boolean {
    if (this.#bytes[this.position] !== mark) return false;
    this.#at += 1;
    return true;
  }

  /**
   * Walks over a mark.
   *
   * @throws {SyntaxError} where something else is next.
   */
  expect(mark: number): void {
    if (this.take(mark)) return;
    this.expectMore();
    throw new SyntaxError(`The JSON text has no ${String.fromCharCode(mark)} at ${this.#at}`);
  }

  /** @throws {JsonEndsError} where the text ends here. */
  expectMore(): void {
    if (this.position >= this.#bytes.length) throw new JsonEndsError("The JSON text ends too early");
  }

  /** Walks over a value. */
  skip(): void {
    let depth = 0;
    this.#at = this.position;
    do {
      switch (this.#bytes[this.#at]) {
        case QUOTE:
          this.#skipString();
          break;
        case OPEN_OBJECT:
        case OPEN_LIST:
          depth += 1;
          this.#at += 1;
          break;
        case CLOSE_OBJECT:
        case CLOSE_LIST:
          if (depth === 0) throw noValue(this.#at);
          depth -= 1;
          this.#at += 1;
          break;
        case undefined:
          throw new JsonEndsError("The JSON text ends within a value");
        default:
          // Punctuation, a number, null, true or false.
          if (depth > 0) this.#at += 1;
          else this.#skipWord();
      }
    } while (depth > 0);
  }

  /**
   * Walks over an object whose values are all strings, and returns the text of the object, where that is as
   * `JSON.stringify` would write it. Otherwise the cursor stays where it is, and the result is undefined.
   */
  stringMap(): Buffer | undefined {
    const start = this.position;
    if (this.#skipStringMap()) {
      const text = this.#bytes.subarray(start, this.#at);
      if (!WRITTEN_OTHERWISE.some((written) => text.includes(written))) return text;
    }
    this.#at = start;
    return undefined;
  }

  /** The text has no whitespace, as Go writes it, and no numeric key: JavaScript orders such keys first. */
  #skipStringMap(): boolean {
    const bytes = this.#bytes;
    if (bytes[this.#at] !== OPEN_OBJECT) return false;
    do {
      this.#at += 1;
      if (bytes[this.#at] !== QUOTE || isDigit(bytes[this.#at + 1])) return false;
      this.#skipString();
      if (bytes[this.#at] !== COLON) return false;
      this.#at += 1;
      if (bytes[this.#at] !== QUOTE) return false;
      this.#skipString();
    } while (bytes[this.#at] === COMMA);
    if (bytes[this.#at] !== CLOSE_OBJECT) return false;
    this.#at += 1;
    return true;
  }

  #skipString(): void {
    const bytes = this.#bytes;
    for (let end = bytes.indexOf(QUOTE, this.#at + 1); end !== -1; end = bytes.indexOf(QUOTE, end + 1)) {
      let escapes = end;
      while (bytes[escapes - 1] === BACKSLASH) escapes -= 1;
      if ((end - escapes) % 2 === 1) continue;
      this.#at = end + 1;
      return;
    }
    throw new JsonEndsError("The JSON text ends within a string");
  }

  #skipWord(): void {
    const start = this.#at;
    while (isOfWord(this.#bytes[this.#at])) this.#at += 1;
    if (this.#at === start) throw noValue(start);
  }
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x30 && byte <= 0x39;
}

/** Whether a byte can be part of a number, `true`, `false` or `null`. */
function isOfWord(byte: number | undefined): boolean {
  if (byte === undefined || byte === COMMA) return false;
  return byte > LAST_SPACE && byte !== CLOSE_LIST && byte !== CLOSE_OBJECT;
}

function noValue(at: number): SyntaxError {
  return new SyntaxError(`The JSON text has no value at ${at}`);
}
