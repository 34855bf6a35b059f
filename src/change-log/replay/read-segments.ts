import type { Buffer } from "node:buffer";
import { inOrder } from "../../concurrency/in-order.ts";
import { OperatorError } from "../../errors.ts";
import { unpackSegment } from "../format/packed-segment.ts";
import { parseSegment, type Segment, sha256Of } from "../format/segment.ts";
import { SegmentFault } from "../format/segment-fault.ts";
import type { IndexedObject } from "../format/segment-index.ts";
import { findAgain } from "./find-again.ts";
import type { PlannedSegment } from "./plan-moment.ts";
import { type PlannedRead, planReads } from "./plan-reads.ts";
import type { SegmentReader } from "./segment-reader.ts";
import { type Indexes, indexesOf } from "./wanted-segments.ts";

/** How many requests are sent at once. */
const CONCURRENCY = 8;

/** A segment, and the SHA-256 of its packed bytes. */
export interface ReadSegment extends Segment {
  sha256: string;
}

/** What the next segment of a timeline must follow. */
export interface Link {
  number: number;
  revision: string;
  sha256: string;
}

/** Options of {@link readAlong}. */
export interface ReadAlongOptions {
  /** What the first segment must follow; it is not looked at by default. */
  before?: Link | undefined;
  /** Which objects are wanted: a segment whose index names none of them is passed over. All by default. */
  wants?: ((object: IndexedObject) => boolean) | undefined;
}

/** A step along a timeline. */
export interface SegmentStep {
  planned: PlannedSegment;
  /** Undefined where nothing in it is wanted. */
  segment: ReadSegment | undefined;
  link: Link;
}

/**
 * Reads segments that follow each other.
 *
 * @throws {OperatorError} where one is missing, is damaged, or does not follow the one before.
 */
export async function* readSegments(
  reader: SegmentReader,
  planned: readonly PlannedSegment[],
  signal: AbortSignal,
): AsyncGenerator<ReadSegment> {
  for await (const { segment } of readAlong(reader, planned, {}, signal))
    if (segment !== undefined) yield segment;
}

/**
 * Goes along segments that follow each other, and reads those with wanted objects. Of those that are passed over, their
 * index says that they follow each other.
 *
 * @throws {OperatorError} where one is missing, is damaged, or does not follow the one before.
 */
export async function* readAlong(
  reader: SegmentReader,
  planned: readonly PlannedSegment[],
  { before, wants }: ReadAlongOptions,
  signal: AbortSignal,
): AsyncGenerator<SegmentStep> {
  const indexes = await indexesOf(planned, wants, signal);
  const wanted = planned.filter((each) => !indexes.isUnwanted(each));
  const read = inOrder(planReads(wanted), CONCURRENCY, (each) => readPlanned(reader, each, signal));
  const segments = flat(read);
  try {
    let link = before;
    for (const each of planned) {
      const segment = indexes.isUnwanted(each) ? undefined : (await segments.next()).value;
      const next = linkOf(each, segment, indexes);
      const isNext = link === undefined || follows(each, { before: link, segment, indexes });
      if (next === undefined || !isNext)
        throw faultOf(reader, each, "it does not follow the segment before: one is missing, or was changed");
      link = next;
      yield { planned: each, segment: segment ?? undefined, link };
    }
  } finally {
    await segments.return(undefined);
  }
}

/** Reads one segment. */
export async function readSegment(
  reader: SegmentReader,
  planned: PlannedSegment,
  signal: AbortSignal,
): Promise<ReadSegment> {
  const { packed } = planned;
  const read = packed === undefined ? { segments: [planned] } : { segments: [planned], range: packed };
  const [segment] = await readPlanned(reader, read, signal);
  return segment as ReadSegment;
}

async function readPlanned(
  reader: SegmentReader,
  { segments, range }: PlannedRead<PlannedSegment>,
  signal: AbortSignal,
): Promise<ReadSegment[]> {
  const bytes = range && (await reader.bytesOf(range, signal));
  const read: ReadSegment[] = [];
  for (const segment of segments) {
    const { place, packed } = segment;
    let content: Buffer | undefined;
    if (range === undefined) content = await reader.segments.read(place, signal);
    else if (bytes !== undefined && packed !== undefined) {
      const stored = bytes.subarray(packed.start - range.start, packed.end - range.start);
      content = await reader.segments.open(place, stored, signal);
    }
    content ??= await findAgain(reader, segment, signal);
    if (content === undefined) throw faultOf(reader, segment, "it was removed meanwhile; try again");
    read.push(await parsed(reader, segment, content));
  }
  return read;
}

async function parsed(reader: SegmentReader, planned: PlannedSegment, packed: Buffer): Promise<ReadSegment> {
  const { place, number, revision } = planned;
  try {
    const segment = parseSegment(await unpackSegment(packed));
    const { header } = segment;
    if (header.timeline !== place.timeline || header.number !== number || header.to.revision !== revision)
      throw new SegmentFault("its name is that of another one");
    return { ...segment, sha256: sha256Of(packed) };
  } catch (error) {
    throw faultOf(reader, planned, error instanceof SegmentFault ? error.message : "it is damaged");
  }
}

/** What the next segment must follow; undefined where a segment is not what its index says. */
function linkOf(
  planned: PlannedSegment,
  segment: ReadSegment | undefined,
  indexes: Indexes,
): Link | undefined {
  const { number, revision } = planned;
  const indexed = indexes.sha256Of(planned);
  if (segment !== undefined && indexed !== undefined && indexed !== segment.sha256) return undefined;
  const sha256 = segment?.sha256 ?? indexed;
  return sha256 === undefined ? undefined : { number, revision, sha256 };
}

function follows(
  planned: PlannedSegment,
  { before, segment, indexes }: { before: Link; segment: ReadSegment | undefined; indexes: Indexes },
): boolean {
  if (planned.number !== before.number + 1) return false;
  if (segment === undefined) return indexes.previousOf(planned) === before.sha256;
  return segment.header.previous === before.sha256 && segment.header.from.revision === before.revision;
}

async function* flat<Item>(groups: AsyncIterable<readonly Item[]>): AsyncGenerator<Item, undefined> {
  for await (const group of groups) yield* group;
  return undefined;
}

function faultOf({ url }: SegmentReader, { place }: PlannedSegment, reason: string): OperatorError {
  const name = `${place.timeline}/${place.file}`;
  return new OperatorError(`Cannot read the segment ${name} of the change log in ${url}: ${reason}`, {
    advice: "Give another time with --at, or --or-before for the newest backup before",
  });
}
