import { Buffer } from "node:buffer";
import { MAX_HEAD_BYTES } from "./bounds.ts";

const NEWLINE = 0x0a;
const COMMA = 0x2c;

/**
 * Where the files begin, as the writer has them: each on a line of its own, after everything else. JSON has no newline in a
 * text, so that this stands in no other place of a manifest.
 */
const FILES = Buffer.from('\n  "files": [\n    {"');
const INDENT = Buffer.from("    ");
/** How much of it belongs to the line of the first file. */
const FIRST_FILE = INDENT.length + 2;
/** What ends the head in place of the files. */
const NO_FILES = Buffer.from('\n  "files": []\n}');

/** Ends the list of files, and then the manifest. */
const LIST_END = "  ]";
const OBJECT_END = "}";

/** What is wrong with the lines of a manifest. */
export class ManifestFault extends Error {}

/**
 * Takes a manifest apart as its bytes come, so that the files, of which there may be hundreds of thousands, are never there
 * as one text: the head is everything else. A manifest that is not in the writer's lines is all head.
 */
export class ManifestLines {
  readonly #onFile: (file: Buffer) => void;
  #head: Buffer[] = [];
  #headBytes = 0;
  /** What precedes the next chunk: a part of what begins the files, or of a line. */
  #rest: Buffer = Buffer.alloc(0);
  #state: "head" | "files" | "last file" | "list ended" | "ended" = "head";

  /** @param onFile is given the JSON of each file. It may throw. */
  constructor(onFile: (file: Buffer) => void) {
    this.#onFile = onFile;
  }

  /**
   * Takes the next bytes.
   *
   * @throws {ManifestFault} where the head is too large, or a line is not what belongs there. The message quotes nothing.
   */
  add(chunk: Buffer): void {
    const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    if (this.#state === "head") this.#addHead(bytes);
    else this.#addLines(bytes);
  }

  /**
   * The bytes have ended. May be called once.
   *
   * @returns the head, with an empty list in place of the files that were given.
   * @throws {ManifestFault} where the manifest is cut off.
   */
  end(): Buffer {
    if (this.#state === "head") this.#keep(this.#rest);
    else if (this.#state !== "ended" || this.#rest.length > 0)
      throw new ManifestFault("its files have no end");
    const head = Buffer.concat(this.#head);
    this.#head = [];
    return head;
  }

  #addHead(bytes: Buffer): void {
    const at = bytes.indexOf(FILES);
    if (at === -1) {
      const kept = Math.max(0, bytes.length - FILES.length + 1);
      this.#keep(bytes.subarray(0, kept));
      this.#rest = bytes.subarray(kept);
      return;
    }
    this.#keep(bytes.subarray(0, at));
    this.#keep(NO_FILES);
    this.#state = "files";
    this.#addLines(bytes.subarray(at + FILES.length - FIRST_FILE));
  }

  #keep(bytes: Buffer): void {
    this.#headBytes += bytes.length;
    if (this.#headBytes > MAX_HEAD_BYTES)
      throw new ManifestFault(`it has more than ${MAX_HEAD_BYTES} bytes without its files`);
    this.#head.push(bytes);
  }

  #addLines(bytes: Buffer): void {
    let start = 0;
    for (let end = bytes.indexOf(NEWLINE); end !== -1; end = bytes.indexOf(NEWLINE, start)) {
      this.#line(bytes.subarray(start, end));
      start = end + 1;
    }
    this.#rest = bytes.subarray(start);
    if (this.#rest.length > MAX_HEAD_BYTES) throw new ManifestFault("a line of it has no end");
  }

  #line(line: Buffer): void {
    if (this.#state === "files") {
      const isLast = line.at(-1) !== COMMA;
      if (isLast) this.#state = "last file";
      if (!line.subarray(0, INDENT.length).equals(INDENT))
        throw new ManifestFault("a file is not on a line of its own");
      this.#onFile(line.subarray(INDENT.length, isLast ? line.length : -1));
    } else if (this.#state === "last file" && line.toString() === LIST_END) this.#state = "list ended";
    else if (this.#state === "list ended" && line.toString() === OBJECT_END) this.#state = "ended";
    else throw new ManifestFault("something follows its files");
  }
}
