import type { Buffer } from "node:buffer";
import { unpackDirectory } from "./pack-directory.ts";
import type { PackName } from "./pack-name.ts";
import { SegmentFault } from "./segment-fault.ts";
import { parseSegmentName, type SegmentName } from "./segment-name.ts";

/** A segment of a pack, and where its bytes are. */
interface LaidSegment extends SegmentName {
  file: string;
  /** From this byte of the file on. */
  start: number;
  /** Up to before this one. */
  end: number;
}

/** A part of a pack: segments, and the stored bytes of the index of them. */
export interface LaidPart {
  segments: readonly LaidSegment[];
  /** Undefined where these segments have no index. */
  index: Buffer | undefined;
  isEncrypted: boolean;
}

/**
 * Reads the head of a pack: where each segment lies, and the indexes.
 *
 * @param head the first bytes of the file, as many as its name says.
 * @throws {SegmentFault} where it is not that of this pack.
 */
export async function readPackHead(head: Buffer, timeline: string, name: PackName): Promise<LaidPart[]> {
  const directory = await unpackDirectory(head.subarray(0, name.directory));
  let indexAt = name.directory;
  let at = name.head;
  let number = name.number - name.count + 1;
  const parts = directory.parts.map(({ index, isEncrypted, segments }): LaidPart => {
    const laid = segments.map(([file, size]): LaidSegment => {
      const segment = parseSegmentName(file);
      if (segment?.number !== number) throw new SegmentFault("its directory lacks a segment");
      number += 1;
      const start = at;
      at += size;
      return { ...segment, file, start, end: at };
    });
    const bytes = index === 0 ? undefined : head.subarray(indexAt, indexAt + index);
    indexAt += index;
    return { segments: laid, index: bytes, isEncrypted };
  });
  if (directory.timeline !== timeline || indexAt !== name.head || number !== name.number + 1)
    throw new SegmentFault("its name is that of another one");
  return parts;
}
