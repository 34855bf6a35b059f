import type { FieldManager } from "../kubernetes/field-manager.ts";
import type { CustomStatus } from "../kubernetes/object-status.ts";
import type { Owner } from "../kubernetes/owners.ts";
import { type GroupResource, objectTitle, type Resource, resourceName } from "../kubernetes/resource.ts";
import { ArchiveFiles } from "./format/archive-files.ts";
import { boundedFacts } from "./format/bounded-facts.ts";
import { MAX_MANIFEST_BYTES } from "./format/bounds.ts";
import { countsByKind } from "./format/counts.ts";
import { MANIFEST_PATH, MANIFEST_SUM_PATH, objectsPath, README_PATH } from "./format/layout.ts";
import { FORMAT_VERSION, formatManifest, type Manifest, type ManifestFacts } from "./format/manifest.ts";
import { type ReadmeResource, readmeText } from "./format/readme.ts";
import { UnfitObjectError } from "./format/unfit-object-error.ts";
import { whyUnfit } from "./lines/fitting-object.ts";
import { ObjectsFile } from "./lines/objects-file.ts";
import { statusLine } from "./lines/status-lines.ts";
import { type Text, TextFiles } from "./lines/text-file.ts";
import { tooLargeManifest } from "./zip/zip-limits.ts";
import { ZipWriter, type ZipWriterOptions } from "./zip/zip-writer.ts";

const NEWLINE = 0x0a;

/** Unpacked size, in bytes, at which a file continues in another part. */
const PART_BYTES = 16 * 1024 * 1024;

/** An object to add to an archive. */
export interface ArchiveObject {
  resource: Pick<Resource, "group" | "resource" | "kind" | "namespaced">;
  /** Undefined for cluster-scoped objects. */
  namespace?: string | undefined;
  name: string;
  /** The object's JSON on one line, with apiVersion and kind, as `kubectl apply` takes it. */
  text: Text;
  owners?: readonly Owner[];
  managers?: readonly FieldManager[] | undefined;
  /** The status of a custom resource with the status subresource. */
  status?: CustomStatus | undefined;
}

/** Options of {@link createArchive}. */
export interface ArchiveOptions extends ZipWriterOptions {
  /** Unpacked size, in bytes, at which a file continues in another part; 16 MiB by default. */
  partBytes?: number;
  /** Sorts the names of resources into the order in which a person is told to apply them; that of the archive by default. */
  inOrder?: (names: readonly string[]) => readonly string[];
}

/** An archive that is being written. Calls must not overlap: each call is awaited. */
export interface ArchiveWriter {
  /**
   * The bytes of the archive. They must be read while objects are added: adding waits for the reader (backpressure).
   * An aborted archive ends the bytes with an error, so that an upload fails rather than completes. A reader that stops
   * early aborts the archive.
   */
  readonly bytes: AsyncIterable<Uint8Array>;

  /**
   * Adds an object. Objects of one resource are added together, and among them those of one namespace, as the API server
   * lists them. An object that is added later opens another part of its file.
   *
   * An aborted signal aborts the archive, and rejects with the signal's reason.
   *
   * @throws {UnfitObjectError} where an archive cannot hold the object; others can still be added.
   * @throws {OperatorError} where the archive grows beyond what a reader takes.
   */
  add(object: ArchiveObject, signal: AbortSignal): Promise<void>;

  /**
   * Writes the manifest and ends the bytes. Resolves when all bytes have been read.
   *
   * @throws {Error} where the facts do not agree with the objects that were added.
   */
  finish(facts: ManifestFacts, signal?: AbortSignal): Promise<Manifest>;

  /** SHA-256 of MANIFEST, hexadecimal; empty before the archive is finished. */
  readonly manifestSha256: string;

  /** Aborts the archive: the bytes end with this error. After the end, nothing changes. */
  abort(reason: unknown): void;
}

/** Creates an archive. */
export function createArchive(options: ArchiveOptions): ArchiveWriter {
  return new Writer(options);
}

class Writer implements ArchiveWriter {
  readonly #zip: ZipWriter;
  readonly #partBytes: number;
  readonly #texts: TextFiles;
  readonly #files = new ArchiveFiles();
  readonly #added = new Map<string, { resource: ArchiveObject["resource"]; objects: number }>();
  readonly #inOrder: NonNullable<ArchiveOptions["inOrder"]>;
  #open: ObjectsFile | undefined;
  #busy = false;
  #manifestSha256 = "";

  constructor({ partBytes = PART_BYTES, inOrder = (names) => names, ...options }: ArchiveOptions) {
    this.#zip = new ZipWriter(options);
    this.#texts = new TextFiles(this.#zip);
    this.#partBytes = partBytes;
    this.#inOrder = inOrder;
  }

  get bytes(): AsyncIterable<Uint8Array> {
    return this.#zip.bytes;
  }

  get manifestSha256(): string {
    return this.#manifestSha256;
  }

  add(object: ArchiveObject, signal: AbortSignal): Promise<void> {
    return this.#alone(() => this.#add(object, signal));
  }

  finish(facts: ManifestFacts, signal: AbortSignal = new AbortController().signal): Promise<Manifest> {
    return this.#alone(() => this.#finish(facts, signal));
  }

  abort(reason: unknown): void {
    this.#zip.abort(reason);
  }

  async #add(object: ArchiveObject, signal: AbortSignal): Promise<void> {
    const status = object.status === undefined ? undefined : statusLine(object.name, object.status);
    checkObject(object, status);
    const { namespace, name, text, owners = [], managers } = object;
    const resource = resourceName(object.resource);
    let file = this.#open;
    if (
      file === undefined ||
      file.place.resource !== resource ||
      file.place.namespace !== namespace ||
      file.size >= this.#partBytes
    ) {
      await this.#closeObjects(signal);
      const path = this.#freePath(resource, namespace);
      file = await ObjectsFile.start(this.#texts, { path, resource, namespace }, signal);
      this.#open = file;
    }
    await file.add({ name, text, owners, managers, status }, signal);
    const added = this.#added.get(resource);
    if (added === undefined) this.#added.set(resource, { resource: object.resource, objects: 1 });
    else added.objects += 1;
  }

  async #closeObjects(signal: AbortSignal): Promise<void> {
    const file = this.#open;
    this.#open = undefined;
    if (file === undefined) return;
    for (const written of await file.finish(signal)) this.#files.add(written);
  }

  /** The path of the next part. A group named `apps-2` must not get the path of the second part of `apps`. */
  #freePath(resource: string, namespace: string | undefined): string {
    for (let part = 1; ; part += 1) {
      const path = objectsPath({ resource, namespace }, part);
      if (this.#files.numberOf(path) === undefined) return path;
    }
  }

  async #finish(unbounded: ManifestFacts, signal: AbortSignal): Promise<Manifest> {
    const facts = boundedFacts(unbounded);
    await this.#closeObjects(signal);
    await this.#addReadme(facts.resources, signal);
    this.#checkFacts(facts);
    const { program, cluster, time, parent, intervalSeconds, tags, revision, oneMoment, scope, missing } =
      facts;
    const { excluded = {}, warnings, lacking, notKept, resources, leftOut, keepFinished } = facts;
    const manifest: Manifest = {
      format: "kube-backup",
      formatVersion: FORMAT_VERSION,
      program,
      cluster,
      time,
      ...(parent === undefined ? {} : { parent }),
      ...(intervalSeconds === undefined ? {} : { intervalSeconds }),
      ...(tags === undefined ? {} : { tags }),
      revision,
      oneMoment,
      ...(scope === undefined ? {} : { scope }),
      missing,
      excluded,
      warnings,
      ...(lacking === undefined ? {} : { lacking }),
      ...(notKept === undefined ? {} : { notKept }),
      ...(leftOut === undefined ? {} : { leftOut }),
      ...(keepFinished === undefined ? {} : { keepFinished }),
      resources,
      counts: countsByKind(resources),
    };
    const text = formatManifest({ ...manifest, files: this.#files });
    const { sha256, bytes } = await this.#writeText(MANIFEST_PATH, text, signal);
    if (bytes > MAX_MANIFEST_BYTES) throw this.#zip.abort(tooLargeManifest(MAX_MANIFEST_BYTES));
    this.#manifestSha256 = sha256;
    await this.#writeText(MANIFEST_SUM_PATH, [`${sha256}  ${MANIFEST_PATH}\n`], signal);
    await this.#zip.end(signal);
    return manifest;
  }

  /** A difference between the resources of the manifest and the contents of the archive is a defect of the program. */
  #checkFacts({ resources }: ManifestFacts): void {
    const stated = new Map(resources.map((resource) => [resourceName(resource), resource.objects]));
    for (const name of new Set([...stated.keys(), ...this.#added.keys()])) {
      const added = this.#added.get(name)?.objects ?? 0;
      if (stated.get(name) !== added) {
        throw new Error(
          `Cannot finish the archive: it holds ${added} ${name}, and ${stated.get(name)} were stated`,
        );
      }
    }
  }

  async #addReadme(selected: readonly GroupResource[], signal: AbortSignal): Promise<void> {
    const resources = this.#inOrder(selected.map(resourceName)).flatMap((name): ReadmeResource[] => {
      const added = this.#added.get(name);
      return added === undefined ? [] : [added.resource];
    });
    // This text and the two files after it are still to come. The text may name ZIP64 a manifest's size too early.
    const isZip64 = await this.#zip.needsZip64With({ entries: 3, bytes: MAX_MANIFEST_BYTES }, signal);
    const sums = await this.#writeText(README_PATH, [readmeText(resources, { isZip64 })], signal);
    this.#files.add({ path: README_PATH, content: "text", ...sums });
  }

  async #writeText(
    path: string,
    pieces: Iterable<string>,
    signal: AbortSignal,
  ): Promise<{ bytes: number; sha256: string }> {
    const file = await this.#texts.start(path, signal);
    for (const piece of pieces) await file.append(piece, signal);
    return file.finish(signal);
  }

  /** Overlapping calls would mix lines: that is a defect of the program, which is reported rather than written. */
  async #alone<T>(work: () => Promise<T>): Promise<T> {
    if (this.#busy) throw new Error("The archive is still busy with the call before");
    this.#busy = true;
    try {
      return await work();
    } finally {
      this.#busy = false;
    }
  }
}

function checkObject({ resource, namespace, name, text }: ArchiveObject, status: string | undefined): void {
  const pieces = typeof text === "string" ? [text] : text;
  if (
    resource.namespaced !== (namespace !== undefined) ||
    pieces.some((piece) => (typeof piece === "string" ? piece.includes("\n") : piece.includes(NEWLINE)))
  ) {
    throw new Error(
      `Cannot archive ${resource.kind} ${name}: its text has several lines, or its namespace does not fit`,
    );
  }
  const unfit = whyUnfit({ name, pieces, status });
  if (unfit !== undefined) throw new UnfitObjectError(objectTitle(resource.kind, { namespace, name }), unfit);
}
