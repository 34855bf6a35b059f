import { createHash } from "node:crypto";
import * as z from "zod";
import { MOMENT, type Moment } from "./segment.ts";
import { stampOf } from "./segment-name.ts";
import { formatLines, type LinesForm, parseLines } from "./signed-lines.ts";

/** The format that this program writes. */
const INDEX_VERSION = 1;

/** An object of an index. */
export interface IndexedObject {
  /** `deployments.apps`. */
  resource: string;
  /** Absent for cluster-scoped objects. */
  namespace?: string;
  name: string;
  /** The numbers of the segments with changes of the object, ascending. */
  segments: readonly number[];
}

/** What an index says of segments that follow each other. */
export interface IndexHeader {
  format: "kube-backup change log index";
  formatVersion: number;
  timeline: string;
  /** The number of the first segment. */
  first: number;
  /** The uid of the namespace kube-system. */
  cluster: string;
  /** CLUSTER_NAME, where it was set. */
  clusterName?: string;
  /** Where the first segment begins, and the last one ends. */
  from: Moment;
  to: Moment;
  /** SHA-256 of the names of the segments, each with a newline, hexadecimal. */
  names: string;
  /** SHA-256 of the segment before the first, as its `previous` has it; absent where there is none. */
  previous?: string;
  /** SHA-256 of each segment, packed and not encrypted, hexadecimal. */
  sha256: readonly string[];
  /** Number of lines after this one, without the signature. */
  objects: number;
}

/** An index that was read. */
export interface SegmentIndex {
  header: IndexHeader;
  objects: readonly IndexedObject[];
  /** The armored SSHSIG of all lines before it; undefined where the index is not signed. */
  signature: string | undefined;
  /** What the signature is of. */
  signed: string;
}

const HEADER = z.object({
  format: z.literal("kube-backup change log index"),
  formatVersion: z.number(),
  timeline: z.string(),
  first: z.number().int().min(0),
  cluster: z.string(),
  clusterName: z.string().exactOptional(),
  from: MOMENT,
  to: MOMENT,
  names: z.string(),
  previous: z.string().exactOptional(),
  sha256: z.array(z.string()).min(1),
  objects: z.number(),
});
const OBJECT = z.object({
  resource: z.string(),
  namespace: z.string().exactOptional(),
  name: z.string().min(1),
  segments: z.array(z.number().int()),
});
const FORM: LinesForm<IndexHeader> = {
  header: { form: HEADER, problem: "its first line is no header" },
  line: { form: OBJECT, problem: "a line of it is no object" },
  count: ({ objects }) => objects,
  version: INDEX_VERSION,
};

/** The name that an index is spoken of by: it is stored in a pack alone. */
export function indexFile({
  number,
  isEncrypted,
  until,
}: {
  number: number;
  isEncrypted: boolean;
  until: Date;
}): string {
  return `${stampOf(until)}-${String(number).padStart(8, "0")}-index.jsonl.gz${isEncrypted ? ".age" : ""}`;
}

/** Whether a file is spoken of as an index. */
export function isIndexFile(file: string): boolean {
  return /-index\.jsonl\.gz(?:\.age)?$/.test(file);
}

/** SHA-256 of the names of segments, hexadecimal. */
export function namesSha256(files: readonly string[]): string {
  return createHash("sha256")
    .update(files.map((file) => `${file}\n`).join(""))
    .digest("hex");
}

/**
 * The text of an index: lines of JSON, the header first.
 *
 * @param sign makes an armored SSHSIG of all lines; the last line holds it.
 */
export function formatIndex(
  header: Omit<IndexHeader, "format" | "formatVersion" | "objects">,
  objects: readonly IndexedObject[],
  sign?: (text: Uint8Array) => string,
): string {
  const { timeline, first, ...facts } = header;
  const head: IndexHeader = {
    ...{ format: "kube-backup change log index", formatVersion: INDEX_VERSION },
    ...{ timeline, first, ...facts, objects: objects.length },
  };
  return formatLines([head, ...objects], sign);
}

/**
 * Parses an index.
 *
 * @throws {SegmentFault} where it is none. The message does not quote the index.
 */
export function parseIndex(text: string): SegmentIndex {
  const { header, lines: objects, signature, signed } = parseLines<IndexHeader, IndexedObject>(text, FORM);
  return { header, objects, signature, signed };
}
