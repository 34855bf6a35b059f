import { Buffer } from "node:buffer";
import { readPackHead } from "../format/open-pack.ts";
import { type PackPart, packDirectory } from "../format/pack-directory.ts";
import { formatPackName, type PackName } from "../format/pack-name.ts";
import { packSegment } from "../format/packed-segment.ts";
import { SegmentFault } from "../format/segment-fault.ts";
import { parseSegmentName, type SegmentName } from "../format/segment-name.ts";
import { indexText, joinIndexes, type KnownIndex } from "./known-index.ts";

/** Stored bytes of a segment, and its name. */
export interface StoredSegment {
  file: string;
  bytes: Buffer;
}

/** Segments that follow each other, with the index of them as it is stored, or as it is known. */
export interface StoredPart {
  segments: readonly StoredSegment[];
  index: { bytes: Buffer; isEncrypted: boolean } | undefined;
  known: KnownIndex | undefined;
}

/** How indexes are written: as segments are. */
export interface IndexWriting {
  /** Makes an armored SSHSIG; indexes are not signed by default. */
  sign?: ((text: Uint8Array) => string) | undefined;
  /** Encrypts what is stored; it is stored in plain by default. */
  encrypt?: ((bytes: Uint8Array) => Promise<Uint8Array>) | undefined;
}

/** A pack that was made. */
export interface MadePack {
  file: string;
  bytes: Buffer;
  segments: readonly StoredSegment[];
  /** Undefined where not all of it is known, or where it is too much. */
  known: KnownIndex | undefined;
}

/**
 * Makes a pack. The segments in it stay as they are, byte for byte. Where the index of each part is known, the pack has one for
 * all; otherwise, the indexes stay as they are, too, since reading them may need a key that this program does not have.
 */
export async function makePack(
  timeline: string,
  parts: readonly StoredPart[],
  writing: IndexWriting,
): Promise<MadePack> {
  const joined = joinKnown(parts);
  const indexes = await Promise.all(joined.map((part) => storedIndex(timeline, part, writing)));
  const directory = await packDirectory(
    timeline,
    joined.map(
      ({ segments }, part): PackPart => ({
        ...{ index: indexes[part]?.bytes.length ?? 0, isEncrypted: indexes[part]?.isEncrypted ?? false },
        segments: segments.map(({ file, bytes }) => [file, bytes.length]),
      }),
    ),
  );
  const segments = joined.flatMap((part) => part.segments);
  const last = parseSegmentName(segments.at(-1)?.file ?? "") as SegmentName;
  const head = Buffer.concat([
    directory,
    ...indexes.flatMap((index) => (index === undefined ? [] : [index.bytes])),
  ]);
  const { until, number, revision } = last;
  const count = segments.length;
  return {
    file: formatPackName({ until, number, revision, count, directory: directory.length, head: head.length }),
    bytes: Buffer.concat([head, ...segments.map(({ bytes }) => bytes)]),
    segments,
    known: joined.length === 1 ? joined[0]?.known : undefined,
  };
}

/**
 * The parts of a pack that was read as a whole.
 *
 * @throws {SegmentFault} where it is damaged.
 */
export async function partsOf(bytes: Buffer, timeline: string, name: PackName): Promise<StoredPart[]> {
  const parts = await readPackHead(bytes.subarray(0, name.head), timeline, name);
  if (parts.at(-1)?.segments.at(-1)?.end !== bytes.length)
    throw new SegmentFault("it is cut short, or was changed");
  return parts.map(({ segments, index, isEncrypted }) => ({
    segments: segments.map(({ file, start, end }) => ({ file, bytes: bytes.subarray(start, end) })),
    index: index && { bytes: index, isEncrypted },
    known: undefined,
  }));
}

/** Whether a pack holds segments, byte for byte. */
export async function packHolds(
  bytes: Buffer,
  pack: { timeline: string; name: PackName },
  segments: readonly StoredSegment[],
): Promise<boolean> {
  try {
    const parts = await partsOf(bytes, pack.timeline, pack.name);
    const packed = new Map(parts.flatMap((part) => part.segments.map((each) => [each.file, each.bytes])));
    return segments.every((each) => packed.get(each.file)?.equals(each.bytes) === true);
  } catch (error) {
    if (error instanceof SegmentFault) return false;
    throw error;
  }
}

/** Joins parts that follow each other: those whose index is known, and those that have none. */
function joinKnown(parts: readonly StoredPart[]): StoredPart[] {
  const joined: StoredPart[] = [];
  for (const part of parts) {
    const last = joined.at(-1);
    const known = last?.known && part.known && joinIndexes([last.known, part.known]);
    const areBare = last !== undefined && isBare(last) && isBare(part);
    if (last === undefined || (known === undefined && !areBare)) joined.push(part);
    else
      joined[joined.length - 1] = { segments: [...last.segments, ...part.segments], index: undefined, known };
  }
  return joined;
}

function isBare({ index, known }: StoredPart): boolean {
  return index === undefined && known === undefined;
}

async function storedIndex(
  timeline: string,
  { segments, index, known }: StoredPart,
  { sign, encrypt }: IndexWriting,
): Promise<StoredPart["index"]> {
  if (index !== undefined || known === undefined) return index;
  const text = indexText(
    timeline,
    known,
    segments.map(({ file }) => file),
    sign,
  );
  const packed = await packSegment(text);
  if (encrypt === undefined) return { bytes: packed, isEncrypted: false };
  return { bytes: Buffer.from(await encrypt(packed)), isEncrypted: true };
}
