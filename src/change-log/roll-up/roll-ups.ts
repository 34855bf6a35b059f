import { OperatorError } from "../../errors.ts";
import type { SegmentPlace, Segments } from "../../store/contract/segments.ts";
import type { Log } from "../../terminal/log/log.ts";
import { sleep } from "../../time/sleep.ts";
import { parseTimeline, stampOf } from "../format/segment-name.ts";
import { hasSegmentAfter } from "../replay/list-segments.ts";
import type { KnownIndex } from "./known-index.ts";
import type { IndexWriting } from "./make-pack.ts";
import { RollUp } from "./roll-up.ts";

/** How often what other processes have left is looked at, in milliseconds. */
const LOOK_EVERY = 6 * 60 * 60_000;
/** A timeline to which nothing was written for so long has ended, in milliseconds. */
const ENDED = 3 * 60 * 60_000;
/** Timelines of other processes that are looked at, the latest first. */
const LOOKED_AT = 20;
/** The longest pause after failures, in milliseconds. */
const LONGEST_PAUSE = 3_600_000;

/** Options of {@link RollUps}. */
export interface RollUpsOptions extends IndexWriting {
  segments: Segments;
  /** Time between two flushes, in milliseconds. */
  flushEvery: number;
  now: () => Date;
  log: Log;
}

/** Rolls up the timelines of this process, and those that other processes have left. */
export class RollUps {
  readonly #options: RollUpsOptions;
  /** By the name of the timeline, the one that is written to last. */
  readonly #rollUps = new Map<string, RollUp>();
  /** Timelines that are done, or that were this process's. */
  readonly #done = new Set<string>();
  #current: string | undefined;
  #looked = Number.NEGATIVE_INFINITY;
  #failures = 0;

  constructor(options: RollUpsOptions) {
    this.#options = options;
  }

  /** Takes a segment that was stored. A timeline ends where another one begins. */
  add({ place: { timeline, file }, size }: { place: SegmentPlace; size: number }, known: KnownIndex): void {
    if (timeline !== this.#current) {
      for (const rollUp of this.#rollUps.values()) rollUp.end();
      this.#rollUps.set(timeline, new RollUp({ ...this.#options, timeline }));
      this.#current = timeline;
    }
    this.#rollUps.get(timeline)?.add({ file, size }, known);
  }

  /**
   * Rolls up again and again, until the signal aborts. What fails is tried again, and is only logged: nothing but reading needs
   * a roll-up.
   *
   * @throws only the reason of the signal.
   */
  async run(signal: AbortSignal): Promise<never> {
    const { flushEvery, log } = this.#options;
    for (;;) {
      await sleep(Math.min(flushEvery * 2 ** this.#failures, LONGEST_PAUSE), signal);
      try {
        await this.turn(signal);
        this.#failures = 0;
      } catch (error) {
        signal.throwIfAborted();
        if (!(error instanceof OperatorError)) throw error;
        this.#failures += 1;
        log.warn({ err: error }, "The change log is not rolled up: it is read more slowly");
      }
    }
  }

  /** Does all that is to be done now. What fails in one timeline keeps no other one from it. */
  async turn(signal: AbortSignal): Promise<void> {
    const failures: unknown[] = [];
    await this.#lookAtOthers(signal).catch((error: unknown) => failures.push(error));
    for (const [timeline, rollUp] of this.#rollUps) {
      try {
        while (await rollUp.step(signal));
      } catch (error) {
        failures.push(error);
        continue;
      }
      if (timeline === this.#current) continue;
      this.#rollUps.delete(timeline);
      this.#done.add(timeline);
    }
    if (failures.length > 0) throw failures[0];
  }

  /** Takes the timelines of this cluster that other processes have left. */
  async #lookAtOthers(signal: AbortSignal): Promise<void> {
    const { segments, now } = this.#options;
    const mine = parseTimeline(this.#current ?? "");
    const time = now().getTime();
    if (mine === undefined || time - this.#looked < LOOK_EVERY) return;
    const others: string[] = [];
    for await (const timeline of segments.timelines(signal)) {
      const isOther = timeline < (this.#current ?? "") && !this.#rollUps.has(timeline);
      if (isOther && parseTimeline(timeline)?.cluster === mine.cluster) others.push(timeline);
    }
    const ended = stampOf(new Date(time - ENDED));
    for (const timeline of others.slice(-LOOKED_AT)) {
      if (this.#done.has(timeline)) continue;
      if (await hasSegmentAfter(segments, { timeline, after: ended }, signal)) continue;
      const rollUp = new RollUp({ ...this.#options, timeline });
      await rollUp.takeStored(signal);
      this.#rollUps.set(timeline, rollUp);
    }
    this.#looked = time;
  }
}
