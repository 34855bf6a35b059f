import { createHash } from "node:crypto";
import * as z from "zod";
import type { ChangeRecord } from "./change-record.ts";
import { SegmentFault } from "./segment-fault.ts";
import { formatLines, type LinesForm, parseLines } from "./signed-lines.ts";

/** The format that this program writes. */
const SEGMENT_VERSION = 1;

/** A moment of a cluster. */
export interface Moment {
  /** The resource version. */
  revision: string;
  /** RFC 3339 with milliseconds, UTC. */
  time: string;
}

/** The first line of a segment. */
export interface SegmentHeader {
  format: "kube-backup change log";
  formatVersion: number;
  timeline: string;
  number: number;
  /** The uid of the namespace kube-system. */
  cluster: string;
  /** CLUSTER_NAME, where it was set. */
  clusterName?: string;
  /** The backup of the moment that the segment reaches, where there is one. */
  base?: string;
  /** With a base: no change after this time is in the backup. Changes between the end of the segment and this time may be. */
  settled?: string;
  /** Why the timeline begins, in its first segment: what was before is not joined to it. */
  begins?: string;
  /** The resources that are recorded, in the first segment of a timeline and in those with a base. */
  resources?: readonly string[];
  /** All changes after the first moment, up to the second one, are in the segment. */
  from: Moment;
  to: Moment;
  /** SHA-256 of the segment before, packed and not encrypted, hexadecimal; absent in the first one. */
  previous?: string;
  /** Number of lines after this one, without the signature. */
  records: number;
}

/** A segment. */
export interface Segment {
  header: SegmentHeader;
  records: readonly ChangeRecord[];
  /** The armored SSHSIG of all lines before it; undefined where the segment is not signed. */
  signature: string | undefined;
  /** What the signature is of. */
  signed: string;
}

/** The form of a {@link Moment}. */
export const MOMENT = z.object({ revision: z.string(), time: z.string() });
const HEADER = z.object({
  format: z.literal("kube-backup change log"),
  formatVersion: z.number(),
  timeline: z.string(),
  number: z.number(),
  cluster: z.string(),
  clusterName: z.string().exactOptional(),
  base: z.string().exactOptional(),
  settled: z.string().exactOptional(),
  begins: z.string().exactOptional(),
  resources: z.array(z.string()).exactOptional(),
  from: MOMENT,
  to: MOMENT,
  previous: z.string().exactOptional(),
  records: z.number(),
});
const OWNER = z.object({ apiVersion: z.string(), kind: z.string(), name: z.string() }).loose();
const MANAGER = z.object({ manager: z.string(), operation: z.string() }).loose();
const RECORD = z.object({
  revision: z.string(),
  time: z.string(),
  operation: z.enum(["create", "update", "delete"]),
  resource: z.string(),
  kind: z.string(),
  namespace: z.string().exactOptional(),
  name: z.string().min(1),
  deletionTimestamp: z.string().exactOptional(),
  manager: z.string().exactOptional(),
  owners: z.array(OWNER).exactOptional(),
  managers: z.array(MANAGER).exactOptional(),
  status: z.object({ value: z.unknown(), managers: z.array(MANAGER).optional() }).exactOptional(),
  object: z.record(z.string(), z.unknown()).exactOptional(),
});
const FORM: LinesForm<SegmentHeader> = {
  header: { form: HEADER, problem: "its first line is no header" },
  line: { form: RECORD, problem: "a line of it is no change" },
  count: ({ records }) => records,
  version: SEGMENT_VERSION,
};

/**
 * The text of a segment: lines of JSON, the header first.
 *
 * @param sign makes an armored SSHSIG of all lines; the last line holds it.
 */
export function formatSegment(
  header: Omit<SegmentHeader, "format" | "formatVersion" | "records">,
  records: readonly ChangeRecord[],
  sign?: (text: Uint8Array) => string,
): string {
  const { timeline, number, ...facts } = header;
  const head: SegmentHeader = {
    ...{ format: "kube-backup change log", formatVersion: SEGMENT_VERSION },
    ...{ timeline, number, ...facts, records: records.length },
  };
  return formatLines([head, ...records], sign);
}

/**
 * Parses a segment.
 *
 * @throws {SegmentFault} where it is none. The message does not quote the segment.
 */
export function parseSegment(text: string): Segment {
  const { header, lines: records, signature, signed } = parseLines<SegmentHeader, ChangeRecord>(text, FORM);
  for (const { operation, object } of records) {
    if ((operation === "delete") === (object !== undefined)) throw new SegmentFault(FORM.line.problem);
  }
  return { header, records, signature, signed };
}

/** SHA-256 of the bytes of a packed segment, hexadecimal. */
export function sha256Of(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
