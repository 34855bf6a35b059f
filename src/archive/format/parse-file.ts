import type { Buffer } from "node:buffer";
import { JsonScanner } from "../../kubernetes/json-scanner.ts";
import { JsonFault } from "../../kubernetes/json-words.ts";
import { FILE_BOUNDS } from "./bounds.ts";
import type { ManifestFile } from "./manifest.ts";
import { readFileForm } from "./manifest-form.ts";

/** A file of a manifest is in a form that none has; the message is its place. */
export class PlaceFault extends Error {}

/** Parses the files of a manifest, each from its JSON. */
export class FileParser {
  readonly #scanner = new JsonScanner(FILE_BOUNDS);

  /**
   * Parses a file.
   *
   * @param number its number in the manifest, from 0 on, for the message of the error.
   * @throws {JsonFault | PlaceFault} where it is none. The message quotes nothing.
   */
  parse(text: Buffer, number: number): ManifestFile {
    this.#scanner.scan(text);
    const form = readFileForm(parseJson(text));
    if ("place" in form) throw new PlaceFault(`files.${number}.${form.place}`);
    return form.file;
  }
}

/** V8's errors quote the text, so that they are dropped. */
function parseJson(text: Buffer): unknown {
  try {
    return JSON.parse(text.toString());
  } catch {
    throw new JsonFault("it is no JSON");
  }
}
