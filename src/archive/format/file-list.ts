import type { Buffer } from "node:buffer";
import { JsonScanner } from "../../kubernetes/json-scanner.ts";
import { JsonFault } from "../../kubernetes/json-words.ts";
import { FILE_BOUNDS } from "./bounds.ts";
import type { ManifestFile } from "./manifest.ts";
import { readFileForm } from "./manifest-form.ts";
import { ManifestFault } from "./manifest-lines.ts";

/** The members of which many files have the same text. */
const SHARED = ["resource", "namespace", "manager"] as const;

/** A file of a manifest is in a form that none has; the message is its place. */
export class PlaceFault extends Error {}

/**
 * The files of a manifest, parsed one by one. Of texts that many files have, all have the same: as JSON has them, each would
 * take memory of its own.
 */
export class FileList {
  readonly #most: number;
  readonly #scanner = new JsonScanner(FILE_BOUNDS);
  readonly #files: ManifestFile[] = [];
  readonly #texts = new Map<string, string>();

  /** @param most how many files there may be. */
  constructor(most: number) {
    this.#most = most;
  }

  /** Number of files. */
  get length(): number {
    return this.#files.length;
  }

  /** All files. */
  all(): ManifestFile[] {
    return this.#files;
  }

  /**
   * Adds a file.
   *
   * @param text its JSON.
   * @throws {JsonFault | PlaceFault | ManifestFault} where it is none. The message quotes nothing.
   */
  add(text: Buffer): void {
    if (this.#files.length >= this.#most) throw new ManifestFault("it has more files than the zip");
    this.#scanner.scan(text);
    const form = readFileForm(parse(text));
    if ("place" in form) throw new PlaceFault(`files.${this.#files.length}.${form.place}`);
    const { file } = form;
    for (const member of SHARED) {
      const value = file[member];
      if (value !== undefined) file[member] = this.#shared(value);
    }
    this.#files.push(file);
  }

  #shared(text: string): string {
    const shared = this.#texts.get(text);
    if (shared !== undefined) return shared;
    this.#texts.set(text, text);
    return text;
  }
}

/** V8's errors quote the text, so that they are dropped. */
function parse(text: Buffer): unknown {
  try {
    return JSON.parse(text.toString());
  } catch {
    throw new JsonFault("it is no JSON");
  }
}
