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

/** Escapes by number and of slashes: `JSON.stringify` does without most of them. */
const WRITTEN_OTHERWISE = ["\\u", "\\/"];

/** The text ends where more of it is to follow: it is cut off, or has not all come yet. */
export class JsonEndsError extends SyntaxError {
  override name = "JsonEndsError";
}

/**
 * Walks over JSON text that a server has written, without making values of it. Only what is walked over is
 * looked at, and strings not inside: it is no check of the text.
 */
export class JsonCursor {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  /** Where the next value, key or mark begins, in bytes. */
  get position(): number {
    while ((this.#bytes[this.#at] ?? Number.NaN) <= LAST_SPACE) this.#at += 1;
    return this.#at;
  }

  /** The text from a position up to this one, or to another. */
  textFrom(start: number, end: number = this.#at): string {
    return this.#bytes.toString("utf8", start, end);
  }

  /** The bytes from a position up to the end of the text. */
  bytesFrom(start: number): Buffer {
    return this.#bytes.subarray(start);
  }

  /**
   * Calls back at each value of an object, which the callback must walk over.
   *
   * @throws {SyntaxError} when it is no object.
   */
  members(visit: (key: string) => void): void {
    this.expect(OPEN_OBJECT);
    if (this.take(CLOSE_OBJECT)) return;
    do visit(this.key());
    while (this.take(COMMA));
    this.expect(CLOSE_OBJECT);
  }

  /** Walks over a member's key and the colon after it. */
  key(): string {
    const start = this.position;
    this.skip();
    const key = JSON.parse(this.textFrom(start)) as string;
    this.expect(COLON);
    return key;
  }

  /** Walks over a mark, where it is next. */
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
          // Between the parts of a value, or a number, a null and the like.
          if (depth > 0) this.#at += 1;
          else this.#skipWord();
      }
    } while (depth > 0);
  }

  /**
   * Walks over an object whose values are all strings, and returns its text, where it is as `JSON.stringify`
   * would write it. Otherwise it stays where it is and returns undefined.
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

  /** Without any space between, as Go writes it; and without a key that is a number: JavaScript puts those first. */
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

/** Whether it can be part of a number, `true`, `false` or `null`. */
function isOfWord(byte: number | undefined): boolean {
  if (byte === undefined || byte === COMMA) return false;
  return byte > LAST_SPACE && byte !== CLOSE_LIST && byte !== CLOSE_OBJECT;
}

function noValue(at: number): SyntaxError {
  return new SyntaxError(`The JSON text has no value at ${at}`);
}
