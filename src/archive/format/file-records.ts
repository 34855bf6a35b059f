import { Buffer } from "node:buffer";
import { objectsPath, sidePath } from "./layout.ts";
import type { ManifestFile } from "./manifest.ts";

/** What files hold, as numbers. */
const CONTENTS = ["text", "objects", "owners", "managers", "status"] as const;
const OBJECTS = CONTENTS.indexOf("objects");

/** Where a record has what, in bytes. Texts are numbers in a table; of a file of text, the path is. */
const BYTES_AT = 32;
const OBJECTS_AT = 36;
const RESOURCE_AT = 40;
const NAMESPACE_AT = 44;
const MANAGER_AT = 48;
const PLACE_AT = 52;
const CONTENT_AT = 56;
const RECORD_BYTES = 57;

/** The largest number that a record holds: a file of a zip has fewer bytes, and fewer objects. */
export const MAX_NUMBER = 0xffff_ffff;

/** Records are kept in blocks of so many: one piece of memory would have to be copied as it grows. */
const IN_BLOCK = 64;

/**
 * What a manifest says of its files, in 57 bytes for each, besides the names of its namespaces: as objects, files take five
 * times as much. A path is made of what it is made of, the kind, the namespace and the part.
 */
export class FileRecords {
  readonly #blocks: Buffer[] = [];
  readonly #texts: string[] = [];
  /** The numbers of texts that many files have. */
  readonly #numbers = new Map<string, number>();
  #count = 0;

  /** Number of files. */
  get count(): number {
    return this.#count;
  }

  /**
   * Adds a file.
   *
   * @param file of at most 2^32 - 1 bytes, and as many objects.
   * @param part the number of the part that its path says; of no matter for a text.
   */
  add(file: ManifestFile, part: number): void {
    const index = this.#count % IN_BLOCK;
    if (index === 0) this.#blocks.push(Buffer.allocUnsafeSlow(IN_BLOCK * RECORD_BYTES));
    this.#count += 1;
    const at = index * RECORD_BYTES;
    const block = this.#blocks.at(-1) as Buffer;
    block.write(file.sha256, at, "hex");
    block.writeUInt32LE(file.bytes, at + BYTES_AT);
    block.writeUInt32LE(file.objects ?? 0, at + OBJECTS_AT);
    block.writeUInt32LE(this.#numberOf(file.resource), at + RESOURCE_AT);
    block.writeUInt32LE(this.#numberOf(file.namespace), at + NAMESPACE_AT);
    block.writeUInt32LE(this.#numberOf(file.manager), at + MANAGER_AT);
    block.writeUInt32LE(file.content === "text" ? this.#texts.push(file.path) : part, at + PLACE_AT);
    block.writeUInt8(CONTENTS.indexOf(file.content), at + CONTENT_AT);
  }

  /** A file by its number, from 0 on. */
  file(number: number): ManifestFile {
    const path = this.path(number);
    const bytes = this.bytes(number);
    const sha256 = this.#at(number, 0, (block, at) => block.toString("hex", at, at + BYTES_AT));
    const content = this.#content(number);
    if (content === "text") return { path, content, bytes, sha256 };
    const resource = this.resource(number) ?? "";
    const namespace = this.namespace(number);
    const manager = this.#text(number, MANAGER_AT);
    const objects = this.objects(number);
    return {
      path,
      content,
      resource,
      ...(namespace === undefined ? {} : { namespace }),
      objects,
      ...(manager === undefined ? {} : { manager }),
      bytes,
      sha256,
    };
  }

  /** The path of a file. */
  path(number: number): string {
    const content = this.#content(number);
    if (content === "text") return this.#text(number, PLACE_AT) ?? "";
    const objects = this.objectsPath(number);
    return content === "objects" ? objects : sidePath(objects, content);
  }

  /** The path of a file of objects, or of the one that a file is beside. */
  objectsPath(number: number): string {
    const place = { resource: this.resource(number) ?? "", namespace: this.namespace(number) };
    return objectsPath(place, this.#uint32(number, PLACE_AT));
  }

  /** Whether a file has objects, rather than what is beside them. */
  hasObjects(number: number): boolean {
    return this.#at(number, CONTENT_AT, (block, at) => block[at]) === OBJECTS;
  }

  /** The size of a file in bytes, unpacked. */
  bytes(number: number): number {
    return this.#uint32(number, BYTES_AT);
  }

  /** How many objects a file has, or is about. */
  objects(number: number): number {
    return this.#uint32(number, OBJECTS_AT);
  }

  /** The name of the resource of a file; undefined for a text. */
  resource(number: number): string | undefined {
    return this.#text(number, RESOURCE_AT);
  }

  /** The namespace of a file; undefined where it is of none. */
  namespace(number: number): string | undefined {
    return this.#text(number, NAMESPACE_AT);
  }

  #content(number: number): ManifestFile["content"] {
    return CONTENTS[this.#at(number, CONTENT_AT, (block, at) => block[at] ?? 0)] ?? "text";
  }

  #text(number: number, member: number): string | undefined {
    return this.#texts[this.#uint32(number, member) - 1];
  }

  #uint32(number: number, member: number): number {
    return this.#at(number, member, (block, at) => block.readUInt32LE(at));
  }

  #at<T>(number: number, member: number, read: (block: Buffer, at: number) => T): T {
    const block = this.#blocks[Math.floor(number / IN_BLOCK)] as Buffer;
    return read(block, (number % IN_BLOCK) * RECORD_BYTES + member);
  }

  /** The number of a text, from 1 on; 0 for none. */
  #numberOf(text: string | undefined): number {
    if (text === undefined) return 0;
    const known = this.#numbers.get(text);
    if (known !== undefined) return known;
    const number = this.#texts.push(text);
    this.#numbers.set(text, number);
    return number;
  }
}
