import { DamagedArchiveError } from "../../archive/format/damaged-archive-error.ts";
import { OperatorError } from "../../errors.ts";
import type { Store } from "../../store/contract/store.ts";
import { listSegments } from "./list-segments.ts";
import { type OpenMoment, openRange } from "./open-range.ts";
import { type ReplayRange, rangesToRevision } from "./plan-moment.ts";
import { readSegment } from "./read-segments.ts";
import { SegmentReader } from "./segment-reader.ts";

/** A resource version of a timeline. */
export interface RevisionOptions {
  store: Store;
  timeline: string;
  revision: string;
  /** Up to when nothing else happened, where that is known: the time of the moment. */
  certain?: Date | undefined;
  /** Only the moment that starts from this backup; from the nearest that is there by default. */
  backup?: string | undefined;
  /** Only segments whose names come after this text: whoever knows of a base there saves the rest of the listing. */
  after?: string | undefined;
  /** Told of each segment that is read. */
  onProgress?: (() => void) | undefined;
  /** Told of a backup that is damaged, where another one is tried. */
  onDamaged?: ((error: DamagedArchiveError) => void) | undefined;
}

/**
 * Opens the state at a resource version, from the nearest backup that is there and whole.
 *
 * @throws {OperatorError} where the timeline does not have it, or a segment cannot be read.
 * @throws {DamagedArchiveError} where every backup that it could start from is damaged.
 */
export async function openRevision(options: RevisionOptions, signal: AbortSignal): Promise<OpenMoment> {
  const { store, timeline, revision, certain, onProgress, onDamaged } = options;
  const reader = new SegmentReader(store);
  let damaged: DamagedArchiveError | undefined;
  for await (const range of rangesOf(reader, options, signal)) {
    if (damaged?.backup === range.backup) continue;
    try {
      const target = { revision, certain };
      return await openRange({ store, reader, target, onProgress }, range, signal);
    } catch (error) {
      if (!(error instanceof DamagedArchiveError)) throw error;
      damaged = error;
      onDamaged?.(error);
    }
  }
  if (damaged !== undefined) throw damaged;
  throw new OperatorError(
    `Cannot open the revision ${revision}: the timeline ${timeline} of the change log in ${store.url} does not have it, or no backup is left that it could start from`,
    { advice: "kube-backup list shows what the change log covers" },
  );
}

/** The ranges that lead to the resource version and whose backup is there, the shortest first. */
async function* rangesOf(
  reader: SegmentReader,
  { store, timeline, revision, after, backup }: RevisionOptions,
  signal: AbortSignal,
): AsyncGenerator<ReplayRange & { backup: string }> {
  for (const from of after === undefined ? [undefined] : [after, undefined]) {
    const segments = await listSegments(reader, { timeline, after: from }, signal);
    for (const range of rangesToRevision(segments, revision)) {
      const { base } = (await readSegment(reader, range.base, signal)).header;
      if (base === undefined || (backup !== undefined && base !== backup)) continue;
      if (await store.has(base, signal)) yield { ...range, backup: base };
    }
  }
}
