import { inOrder } from "../../concurrency/in-order.ts";
import type { Store } from "../../store/contract/store.ts";
import type { ChangeRecord } from "../format/change-record.ts";
import { parseTimeline } from "../format/segment-name.ts";
import { listSegments } from "./list-segments.ts";
import { readSegment } from "./read-segments.ts";
import { SegmentReader } from "./segment-reader.ts";
import { indexesOf } from "./wanted-segments.ts";

/** Timelines that are looked at, the latest first. */
const LOOKED_AT = 20;
/** Segments that are read at once. */
const CONCURRENCY = 8;

/** What changed. */
type ChangedObject = Pick<ChangeRecord, "resource" | "namespace" | "name">;

/** A change, and the timeline that has it. */
export interface FoundChange {
  timeline: string;
  record: ChangeRecord;
}

/**
 * The last change that fits, read from the newest segment back; undefined where the latest timelines have none.
 *
 * @param options.fits whether it is the object that is meant.
 * @throws {OperatorError} where a segment cannot be read.
 */
export async function findLastChange(
  { store, fits }: { store: Pick<Store, "segments" | "url">; fits: (object: ChangedObject) => boolean },
  signal: AbortSignal,
): Promise<FoundChange | undefined> {
  const reader = new SegmentReader(store);
  const all = await Array.fromAsync(store.segments.timelines(signal));
  const latestFirst = all.filter((each) => parseTimeline(each) !== undefined).reverse();
  for (const timeline of latestFirst.slice(0, LOOKED_AT)) {
    const segments = await listSegments(reader, { timeline }, signal);
    const indexes = await indexesOf(segments, fits, signal);
    const wanted = segments.filter((each) => !indexes.isUnwanted(each)).reverse();
    const read = inOrder(wanted, CONCURRENCY, (each) => readSegment(reader, each, signal));
    for await (const { records } of read) {
      const record = records.findLast(fits);
      if (record !== undefined) return { timeline, record };
    }
  }
  return undefined;
}
