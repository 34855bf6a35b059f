import type { Buffer } from "node:buffer";
import { inOrder } from "../../concurrency/in-order.ts";
import { OperatorError } from "../../errors.ts";
import { BackupExistsError } from "../../store/contract/backup-exists-error.ts";
import type { Segments } from "../../store/contract/segments.ts";
import { parsePackName } from "../format/pack-name.ts";
import { SegmentFault } from "../format/segment-fault.ts";
import { filesToRead, holds, type LogFile, logFileOf } from "../replay/plan-files.ts";
import type { KnownIndex } from "./known-index.ts";
import {
  type IndexWriting,
  type MadePack,
  makePack,
  packHolds,
  partsOf,
  type StoredPart,
} from "./make-pack.ts";
import { isFull, planRollUp } from "./plan-roll-up.ts";

/** How many files are read at once. */
const CONCURRENCY = 4;
/** How often the removal of what a pack holds is tried. */
const MOST_REMOVALS = 3;

/** Options of {@link RollUp}. */
export interface RollUpOptions extends IndexWriting {
  segments: Segments;
  timeline: string;
}

/** A file, and what is known of it. */
interface RolledFile extends LogFile {
  count: number;
  known?: KnownIndex | undefined;
  /** Packing it has failed for good: it stays. */
  stays?: boolean;
}

/** Files that a pack holds, and that are to be removed. */
interface Leftovers {
  pack: LogFile;
  files: readonly LogFile[];
  attempts: number;
}

/**
 * Rolls up a timeline: step by step, files that follow each other become one pack. Whatever is removed was read back from a
 * pack before, byte for byte, so that an end at any moment, and another program that does the same, lose nothing.
 */
export class RollUp {
  readonly #options: RollUpOptions;
  #files: RolledFile[] = [];
  #leftovers: Leftovers[] = [];
  #isEnded = false;
  #mayRemove = true;

  constructor(options: RollUpOptions) {
    this.#options = options;
  }

  /** Takes a segment that was stored behind all others. */
  add(listed: { file: string; size: number }, known: KnownIndex): void {
    const { timeline } = this.#options;
    const file = logFileOf({ place: { timeline, file: listed.file }, size: listed.size });
    if (file !== undefined) this.#files.push({ ...file, count: 1, known });
  }

  /** Nobody writes to the timeline any more. */
  end(): void {
    this.#isEnded = true;
  }

  /** Takes what the store has of a timeline that has ended. Nothing is known of what is in its segments. */
  async takeStored(signal: AbortSignal): Promise<void> {
    const { segments, timeline } = this.#options;
    const listed: LogFile[] = [];
    for await (const each of segments.list(timeline, {}, signal)) {
      const file = logFileOf(each);
      if (file !== undefined) listed.push(file);
    }
    const kept = filesToRead(listed);
    this.#files = kept.map((file) => ({ ...file, count: file.last - file.first + 1 }));
    this.#leftovers = kept.flatMap((pack) => {
      const files = listed.filter((each) => each !== pack && holds(pack, each));
      return files.length === 0 ? [] : [{ pack, files, attempts: 0 }];
    });
    this.#isEnded = true;
  }

  /**
   * Does the next step.
   *
   * @returns whether there was one.
   * @throws {OperatorError} where the store does not let it be done. The next call goes on.
   */
  async step(signal: AbortSignal): Promise<boolean> {
    // Packs beside all that they hold would fill the store.
    if (!this.#mayRemove) return false;
    const [leftovers] = this.#leftovers;
    if (leftovers !== undefined) {
      await this.#removeProven(leftovers, signal);
      return true;
    }
    const plan = planRollUp(
      this.#files.map((file) => (file.stays === true ? { ...file, size: Number.POSITIVE_INFINITY } : file)),
      { isEnded: this.#isEnded },
    );
    if (plan === undefined) return false;
    await this.#pack(this.#files.slice(plan.start, plan.end), signal);
    return true;
  }

  async #pack(files: readonly RolledFile[], signal: AbortSignal): Promise<void> {
    const { segments, timeline } = this.#options;
    const parts: StoredPart[] = [];
    for await (const ofFile of inOrder(files, CONCURRENCY, (file) => this.#partsOf(file, signal))) {
      // Retention, or another program, has removed it.
      if (ofFile === undefined) return await this.#forgetMissing(files, signal);
      parts.push(...ofFile);
    }
    const made = await makePack(timeline, parts, this.#options);
    const place = { timeline, file: made.file };
    try {
      await segments.create(place, made.bytes, signal);
    } catch (error) {
      // An earlier attempt, or another program, has stored it: what it holds is looked at.
      if (!(error instanceof BackupExistsError)) throw error;
    }
    const pack = await this.#proven(made, signal);
    if (pack === undefined) {
      for (const file of files) file.stays = true;
      throw new OperatorError(
        `Cannot roll up the change log: ${timeline}/${made.file} does not hold what was packed into it`,
      );
    }
    const [first] = files;
    const at = this.#files.indexOf(first as RolledFile);
    const count = pack.last - pack.first + 1;
    const packed: RolledFile = { ...pack, count };
    // What is not packed again needs no memory.
    if (!isFull(packed)) packed.known = made.known;
    this.#files.splice(at, files.length, packed);
    const leftovers = { pack, files, attempts: 0 };
    this.#leftovers.push(leftovers);
    await this.#attempt(leftovers, () => this.#remove(files, signal));
  }

  /** The pack as the store has it; undefined where it does not hold what was packed. */
  async #proven(made: MadePack, signal: AbortSignal): Promise<LogFile | undefined> {
    const { segments, timeline } = this.#options;
    const place = { timeline, file: made.file };
    const name = parsePackName(made.file);
    const end = made.bytes.length;
    const stored = await segments.readRange(place, { start: 0, end }, signal);
    const isSame = stored?.equals(made.bytes) === true;
    if (stored === undefined || name === undefined) return undefined;
    if (!isSame && !(await packHolds(stored, { timeline, name }, made.segments))) return undefined;
    return logFileOf({ place, size: end });
  }

  async #partsOf(file: RolledFile, signal: AbortSignal): Promise<StoredPart[] | undefined> {
    const { segments, timeline } = this.#options;
    const { place, size, known, is } = file;
    const bytes = await segments.readRange(place, { start: 0, end: size }, signal);
    if (bytes === undefined) return undefined;
    if ("segment" in is) return [{ segments: [{ file: place.file, bytes }], index: undefined, known }];
    try {
      const parts = await partsOf(bytes, timeline, is.pack);
      if (known === undefined) return parts;
      return [{ segments: parts.flatMap((part) => part.segments), index: undefined, known }];
    } catch (error) {
      if (!(error instanceof SegmentFault)) throw error;
      file.stays = true;
      throw new OperatorError(`Cannot roll up the change log: ${timeline}/${place.file}: ${error.message}`);
    }
  }

  /** Forgets files that are gone. */
  async #forgetMissing(files: readonly RolledFile[], signal: AbortSignal): Promise<void> {
    const { segments } = this.#options;
    for (const file of files) {
      const byte = await segments.readRange(file.place, { start: 0, end: 1 }, signal);
      if (byte === undefined) this.#files = this.#files.filter((each) => each !== file);
    }
  }

  /** Removes what an earlier process, or an earlier attempt, has left: the pack is read first, and compared. */
  async #removeProven(leftovers: Leftovers, signal: AbortSignal): Promise<void> {
    const { segments, timeline } = this.#options;
    const { place, size, is } = leftovers.pack;
    await this.#attempt(leftovers, async () => {
      const packed = await segments.readRange(place, { start: 0, end: size }, signal);
      const held: LogFile[] = [];
      for (const file of leftovers.files) {
        const bytes = await segments.readRange(file.place, { start: 0, end: file.size }, signal);
        if (bytes === undefined || packed === undefined || "segment" in is) continue;
        if (await packHolds(packed, { timeline, name: is.pack }, await storedSegments(file, bytes)))
          held.push(file);
      }
      await this.#remove(held, signal);
    });
  }

  /**
   * Removes what a pack holds, from the end: whoever lists the timeline meanwhile finds what is left before the pack.
   */
  async #remove(files: readonly LogFile[], signal: AbortSignal): Promise<void> {
    for (const { place } of files.toReversed()) await this.#options.segments.remove(place, signal);
  }

  /** What cannot be removed, as without the right to, does no harm where it stays. */
  async #attempt(leftovers: Leftovers, work: () => Promise<void>): Promise<void> {
    leftovers.attempts += 1;
    try {
      await work();
    } catch (error) {
      if (leftovers.attempts >= MOST_REMOVALS) this.#mayRemove = false;
      throw error;
    }
    this.#leftovers = this.#leftovers.filter((each) => each !== leftovers);
  }
}

async function storedSegments(
  { place, is }: LogFile,
  bytes: Buffer,
): Promise<{ file: string; bytes: Buffer }[]> {
  if ("segment" in is) return [{ file: place.file, bytes }];
  try {
    const parts = await partsOf(bytes, place.timeline, is.pack);
    return parts.flatMap((part) => [...part.segments]);
  } catch (error) {
    // What is no pack is held by none.
    if (error instanceof SegmentFault) return [{ file: place.file, bytes }];
    throw error;
  }
}
