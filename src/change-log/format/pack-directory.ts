import type { Buffer } from "node:buffer";
import * as z from "zod";
import { packSegment, unpackSegment } from "./packed-segment.ts";
import { formatLines, parseLines } from "./signed-lines.ts";

/** The format that this program writes. */
const PACK_VERSION = 1;

/** A segment in a pack: its file as it was alone, and its length in bytes. */
type PackedFile = readonly [file: string, size: number];

/** Segments of a pack that follow each other, and the index of them. */
export interface PackPart {
  /** Length of the index in bytes; 0 where these segments have none. */
  index: number;
  /** Whether the index is encrypted. */
  isEncrypted: boolean;
  segments: readonly PackedFile[];
}

/** What is in a pack, in this order: the directory, the indexes of all parts, the segments of all parts. */
export interface PackDirectory {
  format: "kube-backup change log pack";
  formatVersion: number;
  timeline: string;
  parts: readonly PackPart[];
}

const PART = z.object({
  index: z.number().int().min(0),
  isEncrypted: z.boolean(),
  segments: z.array(z.tuple([z.string(), z.number().int().min(1)])).min(1),
});
const DIRECTORY = z.object({
  format: z.literal("kube-backup change log pack"),
  formatVersion: z.number(),
  timeline: z.string(),
  parts: z.array(PART).min(1),
});

/** The packed directory: gzip, which zcat reads. It says nothing that a listing of the segments did not say. */
export async function packDirectory(timeline: string, parts: readonly PackPart[]): Promise<Buffer> {
  const directory: PackDirectory = {
    ...{ format: "kube-backup change log pack", formatVersion: PACK_VERSION },
    ...{ timeline, parts },
  };
  return await packSegment(formatLines([directory]));
}

/**
 * Reads a packed directory. What it names may be no segments.
 *
 * @throws {SegmentFault} where it is none.
 */
export async function unpackDirectory(bytes: Uint8Array): Promise<PackDirectory> {
  const form = { form: DIRECTORY, problem: "it does not begin with a directory" };
  const { header } = parseLines<PackDirectory, never>(await unpackSegment(bytes), {
    ...{ header: form, line: form, count: () => 0, version: PACK_VERSION },
  });
  return header;
}
