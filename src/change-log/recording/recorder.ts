import { RevisionCompactedError } from "../../cluster/lists/list-page.ts";
import { OperatorError } from "../../errors.ts";
import type { Log } from "../../terminal/log/log.ts";
import { sleep } from "../../time/sleep.ts";
import { RollUps } from "../roll-up/roll-ups.ts";
import type { Base, PinnedBase } from "./base.ts";
import { Timeline, type TimelineOptions } from "./timeline.ts";
import { TimelineEnd } from "./timeline-end.ts";
import { timelinesBeside } from "./timelines-beside.ts";

/** How soon a new backup is asked for after a timeline has ended, and after several in a row; in milliseconds. */
const FIRST_PAUSE = 1_000;
const LONGEST_PAUSE = 600_000;
/** A timeline that has lived so long was no failure, in milliseconds. */
const HEALTHY = 600_000;

/** Options of {@link ChangeRecorder}. */
export interface ChangeRecorderOptions extends Omit<TimelineOptions, "begins" | "onStored"> {
  /** Time between two flushes, in milliseconds. */
  flushEvery: number;
  /** Told of the begin and the end of each timeline; nobody by default. */
  observer?: RecorderObserver | undefined;
  /** Called where only a new backup lets the log go on. */
  onNeedsBackup: () => void;
  log: Log;
}

/** Somebody who follows the recording. */
export interface RecorderObserver {
  begins(): void;
  /** Changes from then on are not recorded until a backup begins another timeline. */
  ends(end: RecordingEnd): void;
}

/** The end of what was recorded without a break. */
interface RecordingEnd {
  /** Up to when every change is in the store; undefined where none is. */
  until: Date | undefined;
  /** Whether it is no fault: what is backed up has changed. */
  isExpected: boolean;
  /** Whether nothing is recorded any more until the program starts again. */
  isFinal: boolean;
}

/**
 * Records the changes between backups. The first backup of the loop begins a timeline, and each later one is compared with
 * what was recorded. Whatever breaks the record, such as events that the API server no longer has, ends the timeline at the
 * last moment that is certain; a new backup begins another one, and the time between the two is a gap that readers see.
 */
export class ChangeRecorder {
  readonly #options: ChangeRecorderOptions;
  readonly #rollUps: RollUps;
  #timeline: Timeline | undefined;
  #begins = "the program has started";
  #began = Number.NEGATIVE_INFINITY;
  #ends = 0;
  #isOff = false;
  #isRecording = false;
  /** Timelines of this process, and others of which was said that they are there. */
  readonly #known = new Set<string>();
  #work: Promise<unknown> = Promise.resolve();

  constructor(options: ChangeRecorderOptions) {
    this.#options = options;
    this.#rollUps = new RollUps(options);
  }

  /** Up to when every change is in the store; undefined where nothing is recorded. */
  get certain(): Date | undefined {
    return this.#timeline?.certain;
  }

  /**
   * Flushes again and again, and rolls up what was stored, until the signal aborts.
   *
   * @throws only the reason of the signal.
   */
  async run(signal: AbortSignal): Promise<never> {
    // A roll-up may take as long as it likes: no flush waits for it.
    const [ended] = await Promise.all([this.#flushes(signal), this.#rollUps.run(signal)]);
    return ended;
  }

  async #flushes(signal: AbortSignal): Promise<never> {
    const { flushEvery } = this.#options;
    for (let due = sleep(flushEvery, signal); ; ) {
      await due;
      // From one beginning to the next: what a flush takes does not come on top.
      due = sleep(flushEvery, signal);
      due.catch(() => {});
      await this.#alone((timeline) => timeline.flush(signal), signal);
    }
  }

  /**
   * Stores what has come, as far as that goes before the signal aborts, and ends. {@link run} has ended before.
   *
   * @throws nothing.
   */
  async finish(signal: AbortSignal): Promise<void> {
    await this.#work.catch(() => {});
    const timeline = this.#timeline;
    if (timeline === undefined) return;
    if (this.#isRecording) await timeline.flush(signal).catch(() => {});
    await timeline.stop();
  }

  /** The resource version of a backup is known, and the backup is being taken. */
  pinned(base: PinnedBase, signal: AbortSignal): void {
    if (this.#isOff) return;
    if (this.#timeline !== undefined && this.#isRecording) {
      this.#timeline.expect(base);
      return;
    }
    // A backup that begins again has another resource version.
    void this.#timeline?.stop();
    this.#isRecording = false;
    this.#timeline = new Timeline({ ...this.#options, ...this.#forTimeline() }, base, signal);
  }

  #forTimeline(): Pick<TimelineOptions, "begins" | "onStored"> {
    return { begins: this.#begins, onStored: (stored, known) => this.#rollUps.add(stored, known) };
  }

  /** The backup is in the store. */
  async backedUp(base: Base, signal: AbortSignal): Promise<void> {
    await this.#alone(async (timeline) => {
      if (this.#isRecording) await timeline.compare(base, signal);
      else await this.#begin(timeline, base, signal);
      await this.#warnOfOthers(timeline, signal);
    }, signal);
  }

  async #begin(timeline: Timeline, base: Base, signal: AbortSignal): Promise<void> {
    await timeline.begin(base, signal);
    const { log, now } = this.#options;
    this.#isRecording = true;
    this.#began = now().getTime();
    log.info({ timeline: timeline.name, backup: base.backup, because: this.#begins }, "Change log begins");
    this.#options.observer?.begins();
  }

  /** Says which other timelines are written at the same time, once of each. */
  async #warnOfOthers({ name }: Timeline, signal: AbortSignal): Promise<void> {
    const { segments, log } = this.#options;
    this.#known.add(name);
    try {
      for (const other of await timelinesBeside({ segments, name, known: this.#known }, signal)) {
        this.#known.add(other);
        log.warn(
          { timeline: name, other },
          "Another kube-backup writes a change log to the same place: a moment that both cover cannot be opened. Give each cluster, and each copy of one, a prefix of its own",
        );
      }
    } catch (error) {
      signal.throwIfAborted();
      log.debug({ err: error }, "Cannot look for other change logs; the next backup brings it again");
    }
  }

  /** The backup is not in the store. */
  async failed(): Promise<void> {
    if (this.#isRecording) return this.#timeline?.expectNothing();
    await this.#timeline?.stop();
    this.#timeline = undefined;
  }

  /** One at a time: a flush and a comparison both move the state on. */
  async #alone(work: (timeline: Timeline) => Promise<void>, signal: AbortSignal): Promise<void> {
    const turn = this.#work.then(async () => {
      const timeline = this.#timeline;
      if (timeline === undefined) return;
      try {
        await work(timeline);
      } catch (error) {
        await this.#failed(error, timeline, signal);
      }
    });
    this.#work = turn.catch(() => {});
    await turn;
  }

  /** What fails for a while is tried again with the next flush; what waits for the store meanwhile is bounded. */
  async #failed(error: unknown, timeline: Timeline, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (error instanceof TimelineEnd) return await this.#end(error, signal);
    if (error instanceof RevisionCompactedError)
      return await this.#end(
        new TimelineEnd("the API server no longer has all events since the last moment"),
        signal,
      );
    if (!(error instanceof OperatorError)) throw error;
    if (!this.#isRecording) return await this.#end(new TimelineEnd(error.message), signal);
    this.#options.log.warn(
      { err: error, certain: timeline.certain?.toISOString() },
      "The change log lags behind",
    );
  }

  async #end({ message, isExpected, isFinal }: TimelineEnd, signal: AbortSignal): Promise<void> {
    const { log, onNeedsBackup, now } = this.#options;
    const certain = this.certain;
    const until = certain?.toISOString();
    await this.#timeline?.stop();
    this.#timeline = undefined;
    this.#isRecording = false;
    this.#begins = message;
    this.#isOff = isFinal;
    const facts = { because: message, until };
    this.#options.observer?.ends({ until: certain, isExpected, isFinal });
    if (isFinal) return log.error(facts, "Change log ends, and stays off until the program starts again");
    this.#ends = now().getTime() - this.#began > HEALTHY ? 0 : this.#ends + 1;
    if (isExpected) log.info(facts, "Change log ends; a new backup begins another one");
    else log.error(facts, "Change log ends; a new backup begins another one");
    const pause = Math.min(FIRST_PAUSE * 2 ** this.#ends, LONGEST_PAUSE);
    // The loop goes on meanwhile.
    void sleep(pause, signal).then(onNeedsBackup, () => {});
  }
}
