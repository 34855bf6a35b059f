import { type Archive, openArchive } from "../../archive/reader.ts";
import { createArchive } from "../../archive/writer.ts";
import { compareRevisions } from "../../kubernetes/revision.ts";
import type { RandomAccess, Store } from "../../store/contract/store.ts";
import type { ChangeRecord } from "../format/change-record.ts";
import { Changes } from "./changes.ts";
import { MemoryArchive } from "./memory-archive.ts";
import { momentName } from "./moment-name.ts";
import type { ReplayRange } from "./plan-moment.ts";
import { readSegments } from "./read-segments.ts";
import { replay } from "./replay.ts";
import type { SegmentReader } from "./segment-reader.ts";

/** A moment that was opened. */
export interface OpenMoment {
  archive: Archive;
  /** The backup that it starts from. */
  base: string;
  /** Number of objects that changed since. */
  changes: number;
  revision: string;
  time: Date;
  timeline: string;
  /** Whether the backup and all segments are encrypted in the store. */
  encrypted: boolean;
}

/** How far a replay goes: to a time, or to a resource version; the state there may still be that of a later time. */
type MomentTarget = { time: Date } | { revision: string; certain?: Date | undefined };

/** Options of {@link openRange}. */
export interface ReplayRangeOptions {
  store: Store;
  reader: SegmentReader;
  target: MomentTarget;
  /** Told of each segment that is read. */
  onProgress?: (() => void) | undefined;
}

/**
 * Opens the moment that a range leads to. Everything that is read of the base is checked.
 *
 * @throws {DamagedArchiveError} where the base is damaged.
 * @throws {OperatorError} where a segment cannot be read.
 */
export async function openRange(
  { store, reader, target, onProgress }: ReplayRangeOptions,
  { base, following, backup }: ReplayRange & { backup: string },
  signal: AbortSignal,
): Promise<OpenMoment> {
  const changes = new Changes();
  let { revision } = base;
  let last = base.until.toISOString();
  const isReached = reachedBy(target);
  for await (const { header, records } of readSegments(reader, [base, ...following], signal)) {
    onProgress?.();
    if (header.number === base.number) continue;
    const reached = records.filter(isReached);
    for (const record of reached) changes.add(record);
    const isWhole = reached.length === records.length && !isBeyond(target, header.to.revision);
    revision = isWhole ? header.to.revision : (changes.revision ?? revision);
    last = isWhole ? header.to.time : (reached.at(-1)?.time ?? last);
  }
  if ("revision" in target) revision = target.revision;
  const time = "time" in target ? target.time : (target.certain ?? new Date(last));
  const source = await store.open(backup, signal);
  try {
    const archive = await openArchive(source, signal);
    const name = momentName(backup, changes.count, time.toISOString());
    const replayed = await write(archive, { changes, time, revision, name }, signal);
    const encrypted = source.form === "zip.age" && [base, ...following].every((each) => each.isEncrypted);
    const { timeline } = base.place;
    const facts = { base: backup, changes: changes.count, revision, time, timeline, encrypted };
    return { archive: await openArchive(replayed, signal), ...facts };
  } finally {
    await source.close();
  }
}

/** Whether a segment ends beyond the resource version that a replay goes to. */
function isBeyond(target: MomentTarget, end: string): boolean {
  return "revision" in target && compareRevisions(end, target.revision) > 0;
}

function reachedBy(target: MomentTarget): (record: ChangeRecord) => boolean {
  if ("revision" in target) return ({ revision }) => compareRevisions(revision, target.revision) <= 0;
  const until = target.time.toISOString();
  return ({ time }) => time <= until;
}

async function write(
  base: Archive,
  { changes, time, revision, name }: { changes: Changes; time: Date; revision: string; name: string },
  signal: AbortSignal,
): Promise<RandomAccess> {
  const writer = createArchive({ time });
  const chunks = Array.fromAsync(writer.bytes);
  chunks.catch(() => {});
  try {
    await replay(base, changes, { time, revision }, writer, signal);
  } catch (error) {
    writer.abort(error);
    throw error;
  }
  return new MemoryArchive(name, await chunks);
}
