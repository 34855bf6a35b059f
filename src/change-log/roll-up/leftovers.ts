import type { Buffer } from "node:buffer";
import type { Segments } from "../../store/contract/segments.ts";
import { SegmentFault } from "../format/segment-fault.ts";
import { holds, type LogFile } from "../replay/plan-files.ts";
import { packHolds, partsOf } from "./make-pack.ts";

/** How often the removal of what a pack holds is tried. */
const MOST_REMOVALS = 3;

/** Files that a pack holds, and that are to be removed. */
interface Held {
  pack: LogFile;
  files: readonly LogFile[];
  attempts: number;
}

/** What packs hold and lies beside them still. Whatever is removed was read back from its pack before, byte for byte. */
export class Leftovers {
  readonly #segments: Segments;
  readonly #timeline: string;
  #held: Held[] = [];
  #mayRemove = true;

  constructor({ segments, timeline }: { segments: Segments; timeline: string }) {
    this.#segments = segments;
    this.#timeline = timeline;
  }

  /** Whether removals are possible, as far as was tried. */
  get mayRemove(): boolean {
    return this.#mayRemove;
  }

  /** Takes what an earlier process has left of a timeline. */
  takeStored(listed: readonly LogFile[], packs: readonly LogFile[]): void {
    this.#held = packs.flatMap((pack) => {
      if ("segment" in pack.is) return [];
      const files = listed.filter((each) => each !== pack && holds(pack, each));
      return files.length === 0 ? [] : [{ pack, files, attempts: 0 }];
    });
  }

  /** Removes files whose pack has just been proven. Where that fails, a step goes on with it. */
  async removePacked(pack: LogFile, files: readonly LogFile[], signal: AbortSignal): Promise<void> {
    const held = { pack, files, attempts: 0 };
    this.#held.push(held);
    await this.#attempt(held, () => this.#remove(files, signal));
  }

  /**
   * Removes what an earlier process, or an earlier attempt, has left of one pack: the pack is read first, and compared.
   *
   * @returns whether there was one.
   * @throws {OperatorError} where the store does not let it be done.
   */
  async step(signal: AbortSignal): Promise<boolean> {
    const [held] = this.#held;
    if (held === undefined) return false;
    await this.#removeProven(held, signal);
    return true;
  }

  async #removeProven(held: Held, signal: AbortSignal): Promise<void> {
    const { place, size, is } = held.pack;
    await this.#attempt(held, async () => {
      const packed = await this.#segments.readRange(place, { start: 0, end: size }, signal);
      const proven: LogFile[] = [];
      for (const file of held.files) {
        const bytes = await this.#segments.readRange(file.place, { start: 0, end: file.size }, signal);
        if (bytes === undefined || packed === undefined || "segment" in is) continue;
        const name = { timeline: this.#timeline, name: is.pack };
        if (await packHolds(packed, name, await storedSegments(file, bytes))) proven.push(file);
      }
      await this.#remove(proven, signal);
    });
  }

  /** From the end: whoever lists the timeline meanwhile finds what is left before the pack. */
  async #remove(files: readonly LogFile[], signal: AbortSignal): Promise<void> {
    for (const { place } of files.toReversed()) await this.#segments.remove(place, signal);
  }

  /** What cannot be removed, as without the right to, does no harm where it stays. */
  async #attempt(held: Held, work: () => Promise<void>): Promise<void> {
    held.attempts += 1;
    try {
      await work();
    } catch (error) {
      if (held.attempts >= MOST_REMOVALS) this.#mayRemove = false;
      throw error;
    }
    this.#held = this.#held.filter((each) => each !== held);
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
