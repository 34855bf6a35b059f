import { Buffer } from "node:buffer";
import { JsonScanner } from "../../kubernetes/json-scanner.ts";
import { JsonFault } from "../../kubernetes/json-words.ts";
import { isPathSegment } from "../../kubernetes/names.ts";
import { MAX_OBJECT_BYTES, OBJECT_BOUNDS } from "../format/bounds.ts";

/**
 * What keeps an object out of an archive, since a reader refuses it: "is larger than …"; undefined where nothing does.
 *
 * @param pieces the text of the object. Bytes are maps of texts, which are neither deep nor of many values.
 * @param status the line of the object in a status file.
 */
export function whyUnfit({
  name,
  pieces,
  status = "",
}: {
  name: string;
  pieces: readonly (string | Buffer)[];
  status?: string | undefined;
}): string | undefined {
  if (!isPathSegment(name)) return "has a name that cannot be part of a path";
  if (isTooLarge(pieces) || isTooLarge([status])) return `is larger than ${MAX_OBJECT_BYTES} bytes`;
  return whyBeyond(pieces) ?? whyBeyond([status]);
}

function isTooLarge(pieces: readonly (string | Buffer)[]): boolean {
  const sum = (lengthOf: (piece: string | Buffer) => number) =>
    pieces.reduce((total, piece) => total + lengthOf(piece), 0);
  // A UTF-16 unit takes at most three bytes.
  return sum(({ length }) => length) * 3 > MAX_OBJECT_BYTES && sum(Buffer.byteLength) > MAX_OBJECT_BYTES;
}

/** Hardly any object has as many brackets as the bounds allow levels: only such objects are scanned. */
function whyBeyond(pieces: readonly (string | Buffer)[]): string | undefined {
  const texts = pieces.filter((piece) => typeof piece === "string");
  const length = texts.reduce((sum, text) => sum + text.length, 0);
  if (length < OBJECT_BOUNDS.depth || brackets(texts) < OBJECT_BOUNDS.depth / 2) {
    // A value takes two characters, with the comma behind it.
    if (length < 2 * OBJECT_BOUNDS.values) return undefined;
  }
  try {
    new JsonScanner(OBJECT_BOUNDS).scan(Buffer.concat(pieces.map((piece) => Buffer.from(piece))));
    return undefined;
  } catch (error) {
    if (!(error instanceof JsonFault)) throw error;
    return `cannot be archived: ${error.message}`;
  }
}

/** How many objects and lists a text may hold at most, counted no further than needed. */
function brackets(texts: readonly string[]): number {
  let count = 0;
  for (const text of texts) {
    for (const bracket of ["{", "["]) {
      for (let at = text.indexOf(bracket); at !== -1; at = text.indexOf(bracket, at + 1)) {
        count += 1;
        if (count >= OBJECT_BOUNDS.depth / 2) return count;
      }
    }
  }
  return count;
}
