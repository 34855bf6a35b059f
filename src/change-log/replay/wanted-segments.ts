import type { IndexedObject, SegmentIndex } from "../format/segment-index.ts";
import type { OpenPart } from "./open-part.ts";
import type { PlannedSegment } from "./plan-moment.ts";

/** A segment, by its number and where it is. */
type Numbered = Pick<PlannedSegment, "number" | "packed">;

/** What the indexes of packs say of segments. */
export class Indexes {
  readonly #parts: ReadonlyMap<OpenPart, SegmentIndex>;
  readonly #wanted: ReadonlyMap<OpenPart, ReadonlySet<number>>;

  constructor(
    parts: ReadonlyMap<OpenPart, SegmentIndex>,
    wants: ((object: IndexedObject) => boolean) | undefined,
  ) {
    this.#parts = parts;
    const wanted = [...parts].map(([part, { objects }]): [OpenPart, Set<number>] => [
      part,
      new Set(objects.filter((object) => wants?.(object) ?? true).flatMap(({ segments }) => [...segments])),
    ]);
    this.#wanted = new Map(wanted);
  }

  /** Whether an index says that a segment has no change of a wanted object. */
  isUnwanted({ number, packed }: Numbered): boolean {
    const wanted = packed && this.#wanted.get(packed.part);
    return wanted !== undefined && !wanted.has(number);
  }

  /** SHA-256 of a segment, packed and not encrypted; undefined where no index tells it. */
  sha256Of({ number, packed }: Numbered): string | undefined {
    const index = packed && this.#parts.get(packed.part);
    return index?.header.sha256[number - index.header.first];
  }

  /** SHA-256 of the segment before. */
  previousOf({ number, packed }: Numbered): string | undefined {
    const header = packed && this.#parts.get(packed.part)?.header;
    return header && (number === header.first ? header.previous : header.sha256[number - header.first - 1]);
  }
}

/** Reads the indexes of the packs that segments are in. None is read where everything is wanted. */
export async function indexesOf(
  segments: readonly PlannedSegment[],
  wants: ((object: IndexedObject) => boolean) | undefined,
  signal: AbortSignal,
): Promise<Indexes> {
  const read = new Map<OpenPart, SegmentIndex>();
  if (wants === undefined) return new Indexes(read, wants);
  const parts = new Set(segments.flatMap(({ packed }) => (packed === undefined ? [] : [packed.part])));
  for (const part of parts) {
    const index = await part.index(signal);
    if (index !== undefined) read.set(part, index);
  }
  return new Indexes(read, wants);
}
