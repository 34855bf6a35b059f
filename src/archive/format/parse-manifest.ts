import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import * as z from "zod";
import { JsonScanner } from "../../kubernetes/json-scanner.ts";
import { JsonFault } from "../../kubernetes/json-words.ts";
import { ArchiveFiles, FileFault } from "./archive-files.ts";
import { MANIFEST_BOUNDS, MAX_FACTS } from "./bounds.ts";
import { DamagedArchiveError } from "./damaged-archive-error.ts";
import { MANIFEST_PATH, MANIFEST_SUM_PATH } from "./layout.ts";
import { FORMAT_VERSION, type Manifest } from "./manifest.ts";
import { findDisagreement } from "./manifest-agreement.ts";
import { readManifestForm } from "./manifest-form.ts";
import { ManifestFault, ManifestLines } from "./manifest-lines.ts";
import { NewerFormatError } from "./newer-format-error.ts";
import { FileParser, PlaceFault } from "./parse-file.ts";

/** The members of every format version, which distinguish a newer archive from a damaged one. */
const HEAD = z.object({ format: z.literal("kube-backup"), formatVersion: z.int().positive() });

/** How much of a manifest is enough to find its version, in bytes. */
const HEAD_BYTES = 256;

/** A manifest that is read. */
export interface ManifestSource {
  /** The bytes of `MANIFEST`. */
  chunks: AsyncIterable<Buffer>;
  /** Contents of `MANIFEST.sha256`, or undefined where there is none. */
  sum: Buffer | undefined;
  /** How many files there are: a manifest with more of them is not read to its end. */
  fileCount: number;
}

/** A manifest that was read. */
export interface ParsedManifest {
  manifest: Manifest;
  files: ArchiveFiles;
  /** SHA-256 of its text, in hexadecimal. */
  sha256: string;
}

/**
 * Parses a manifest, and checks it against its checksum and for consistency. The files are parsed as they come.
 *
 * @throws {NewerFormatError} where a later program wrote the manifest.
 * @throws {DamagedArchiveError} where the manifest differs from what was written, or is none of this program.
 */
export async function parseManifest(
  backup: string,
  { chunks, sum, fileCount }: ManifestSource,
): Promise<ParsedManifest> {
  const hash = createHash("sha256");
  const files = new ArchiveFiles(fileCount);
  const parser = new FileParser();
  const lines = new ManifestLines((text) => {
    if (files.count >= fileCount) throw new ManifestFault("it has more files than the zip");
    files.add(parser.parse(text, files.count));
  });
  let start = Buffer.alloc(0);
  let fault: string | undefined;
  for await (const chunk of chunks) {
    hash.update(chunk);
    if (start.length < HEAD_BYTES) start = Buffer.concat([start, chunk.subarray(0, HEAD_BYTES)]);
    fault ??= faultOf(() => lines.add(chunk));
  }
  const sha256 = hash.digest("hex");
  if (sum !== undefined && sum.toString() !== `${sha256}  ${MANIFEST_PATH}\n`) {
    throw damaged(backup, `${MANIFEST_PATH} is not what ${MANIFEST_SUM_PATH} says`);
  }
  const manifest = parseHead(backup, { lines, fault, start, sum, files });
  return { manifest, files, sha256 };
}

/** The manifest of a head. The files are those that followed it; those in the head are added, if any are. */
function parseHead(
  backup: string,
  parts: {
    lines: ManifestLines;
    fault: string | undefined;
    start: Buffer;
    sum: Buffer | undefined;
    files: ArchiveFiles;
  },
): Manifest {
  const { lines, start, sum, files } = parts;
  const read = parts.fault === undefined ? readHead(lines) : { fault: parts.fault };
  const content = "content" in read ? read.content : undefined;
  const head = HEAD.safeParse(content ?? beginning(start));
  if (!head.success) throw new DamagedArchiveError(backup, "it is no archive of kube-backup");
  if (head.data.formatVersion > FORMAT_VERSION) throw new NewerFormatError(backup, head.data.formatVersion);
  if (sum === undefined) throw damaged(backup, `${MANIFEST_SUM_PATH} is missing`);
  if ("fault" in read) throw damaged(backup, `${MANIFEST_PATH} ${read.fault}`);
  const form = readManifestForm(content);
  if ("places" in form) {
    throw damaged(backup, `${MANIFEST_PATH} is not as the format says, at ${form.places.join(", ")}`);
  }
  const { manifest } = form;
  const disagreement =
    faultOf(() => {
      for (const file of form.files) files.add(file);
    }) ??
    findDisagreement(manifest, files) ??
    excessOf(manifest);
  if (disagreement !== undefined) throw damaged(backup, `${MANIFEST_PATH} ${disagreement}`);
  return manifest;
}

/** The JSON of a head, or what is wrong with it: it could take all memory. */
function readHead(lines: ManifestLines): { content: unknown } | { fault: string } {
  let head: Buffer | undefined;
  const fault = faultOf(() => {
    head = lines.end();
    new JsonScanner(MANIFEST_BOUNDS).scan(head);
  });
  if (fault !== undefined) return { fault };
  return head === undefined ? { fault: "is not as the format says" } : { content: parseJson(head) };
}

/** What is wrong with a part of a manifest, as it follows the manifest's name. Errors of this program quote nothing. */
function faultOf(read: () => void): string | undefined {
  try {
    read();
    return undefined;
  } catch (error) {
    if (error instanceof FileFault) return error.message;
    if (error instanceof PlaceFault) return `is not as the format says, at ${error.message}`;
    if (error instanceof JsonFault || error instanceof ManifestFault)
      return `is not as the format says: ${error.message}`;
    throw error;
  }
}

/**
 * Rejects a manifest by its beginning, where it is of a later format.
 *
 * @throws {NewerFormatError} where a later program wrote the manifest.
 */
export function rejectLaterFormat(backup: string, text: Buffer): void {
  const { data } = HEAD.safeParse(beginning(text));
  if (data !== undefined && data.formatVersion > FORMAT_VERSION)
    throw new NewerFormatError(backup, data.formatVersion);
}

/** Format and version of a manifest that is only known by its beginning, where the writer puts them. */
function beginning(text: Buffer): unknown {
  const [, format, version] =
    /^\{\s*"format":\s*"([a-z-]+)",\s*"formatVersion":\s*(\d{1,9})[,\s]/.exec(
      text.toString("latin1", 0, HEAD_BYTES),
    ) ?? [];
  return format === undefined ? undefined : { format, formatVersion: Number(version) };
}

function excessOf(manifest: Manifest): string | undefined {
  return JSON.stringify(manifest).length > MAX_FACTS
    ? "says more than a list of backups can hold"
    : undefined;
}

function damaged(backup: string, what: string): DamagedArchiveError {
  return new DamagedArchiveError(backup, `it is damaged: ${what}`);
}

/** Parses JSON; undefined where the text is no JSON. V8's errors quote the text, so that they are dropped. */
function parseJson(text: Buffer): unknown {
  try {
    return JSON.parse(text.toString());
  } catch {
    return undefined;
  }
}
