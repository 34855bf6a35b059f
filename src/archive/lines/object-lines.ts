import { Buffer } from "node:buffer";
import { JsonScanner } from "../../kubernetes/json-scanner.ts";
import { isLabel, isPathSegment } from "../../kubernetes/names.ts";
import { apiVersion, isNamespaces, type Resource } from "../../kubernetes/resource.ts";
import { OBJECT_BOUNDS } from "../format/bounds.ts";

/** The number of the first line of an object in a file of objects. */
const FIRST_LINE = 2;

/** The names of a file's objects: their number, the least and the greatest, and whether each comes after the one before. */
export interface NameRange {
  count: number;
  least: string;
  greatest: string;
  inOrder: boolean;
}

/** Checks the lines of a file of objects: each is in the form of the writer, and an object of the file's resource and namespace. */
export class ObjectLines {
  readonly #scanner = new JsonScanner(OBJECT_BOUNDS);
  readonly #resource: Resource;
  readonly #apiVersion: Buffer;
  readonly #kind: Buffer;
  readonly #namespace: Buffer | undefined;
  #count = 0;
  #least = "";
  #greatest = "";
  #last = "";
  #inOrder = true;

  constructor(resource: Resource, namespace: string | undefined) {
    this.#resource = resource;
    this.#apiVersion = Buffer.from(apiVersion(resource));
    this.#kind = Buffer.from(resource.kind);
    this.#namespace = namespace === undefined ? undefined : Buffer.from(namespace);
  }

  /** The names of the lines so far. */
  get range(): NameRange {
    return { count: this.#count, least: this.#least, greatest: this.#greatest, inOrder: this.#inOrder };
  }

  /**
   * Checks the next line. Returns the name of the object.
   *
   * @throws {Error} where the line is not as it should be. The message has the number of the line, and does not quote it.
   */
  next(line: Buffer): string {
    try {
      return this.#check(line);
    } catch (error) {
      const what = error instanceof Error ? error.message : String(error);
      throw new Error(`line ${FIRST_LINE + this.#count}: ${what}`);
    }
  }

  #check(line: Buffer): string {
    const scanner = this.#scanner;
    scanner.scan(line);
    if (!scanner.is("apiVersion", this.#apiVersion))
      throw new Error("its apiVersion is not that of its file");
    if (!scanner.is("kind", this.#kind)) throw new Error("its kind is not that of its file");
    if (!scanner.is("metadata.namespace", this.#namespace))
      throw new Error("its namespace is not that of its file");
    const name = scanner.text("metadata.name");
    if (name === undefined) throw new Error("it has no name");
    if (!isPathSegment(name) || (isNamespaces(this.#resource) && !isLabel(name))) {
      throw new Error("its name is none that Kubernetes allows");
    }
    if (this.#count === 0) this.#least = this.#greatest = name;
    else if (name === this.#last) throw new Error("its name is that of another object");
    else if (name > this.#greatest) this.#greatest = name;
    else this.#inOrder = false;
    if (name < this.#least) this.#least = name;
    this.#last = name;
    this.#count += 1;
    return name;
  }
}

/** Checks the lines of a file beside a file of objects. */
export class SideLines {
  readonly #scanner = new JsonScanner(OBJECT_BOUNDS);
  #count = 0;

  /**
   * Checks the form of the next line, and parses it.
   *
   * @throws {Error} where the line is not as it should be. The message has the number of the line, and does not quote it.
   */
  next<T>(line: Buffer, parse: (line: Buffer) => T): T {
    this.#count += 1;
    try {
      this.#scanner.scan(line);
      return parse(line);
    } catch (error) {
      const what = error instanceof Error ? error.message : String(error);
      throw new Error(`line ${this.#count}: ${what}`);
    }
  }
}
