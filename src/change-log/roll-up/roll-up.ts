import { inOrder } from "../../concurrency/in-order.ts";
import { OperatorError } from "../../errors.ts";
import type { Segments } from "../../store/contract/segments.ts";
import { SegmentFault } from "../format/segment-fault.ts";
import { filesToRead, type LogFile, logFileOf } from "../replay/plan-files.ts";
import type { KnownIndex } from "./known-index.ts";
import { Leftovers } from "./leftovers.ts";
import { type IndexWriting, makePack, partsOf, type StoredPart } from "./make-pack.ts";
import { isFull, planRollUp } from "./plan-roll-up.ts";
import { storePack } from "./store-pack.ts";

/** How many files are read at once. */
const CONCURRENCY = 4;

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

/**
 * Rolls up a timeline: step by step, files that follow each other become one pack. Whatever is removed was read back from a
 * pack before, byte for byte, so that an end at any moment, and another program that does the same, lose nothing.
 */
export class RollUp {
  readonly #options: RollUpOptions;
  #files: RolledFile[] = [];
  readonly #leftovers: Leftovers;
  #isEnded = false;

  constructor(options: RollUpOptions) {
    this.#options = options;
    this.#leftovers = new Leftovers(options);
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
    this.#leftovers.takeStored(listed, kept);
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
    if (!this.#leftovers.mayRemove) return false;
    if (await this.#leftovers.step(signal)) return true;
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
    const pack = await storePack({ segments, timeline, made }, signal);
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
    await this.#leftovers.removePacked(pack, files, signal);
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
}
