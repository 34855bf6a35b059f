import type { Screen } from "../screen.ts";
import { Estimate } from "./estimate.ts";
import { Pace } from "./pace.ts";
import type { Progress, ProgressStage, StageOptions, WaitsFor } from "./progress.ts";
import { progressLine } from "./progress-text.ts";

/** Work that finishes sooner shows no bar, in milliseconds. */
const DELAY = 200;
/**
 * The interval between two frames, in milliseconds: often enough to look alive, rare enough for a slow remote
 * terminal.
 */
const FRAME_INTERVAL = 250;

/** Options of {@link progressBar}. */
export interface ProgressBarOptions {
  screen: Screen;
  now: () => Date;
  /** Stops drawing when aborted. */
  signal: AbortSignal;
}

/** Shows progress as a bar on a terminal, with the rate and the time left. The bar disappears at the end. */
export function progressBar({ screen, now, signal }: ProgressBarOptions): Progress {
  return (options) => new BarStage(options, { screen, now, signal });
}

class BarStage implements ProgressStage {
  readonly #stage: StageOptions;
  readonly #options: ProgressBarOptions;
  readonly #pace: Pace;
  readonly #estimate: Estimate;
  readonly #delay: NodeJS.Timeout;
  readonly #onAbort = () => this.end();
  #done = 0;
  #failed = 0;
  #waitsFor: WaitsFor | undefined;
  #total: number | undefined;
  #ended = false;
  #frames: NodeJS.Timeout | undefined;

  constructor(stage: StageOptions, options: ProgressBarOptions) {
    this.#stage = stage;
    this.#options = options;
    this.#total = stage.total;
    const start = options.now().getTime();
    this.#pace = new Pace(start);
    this.#estimate = new Estimate(start);
    this.#delay = setTimeout(() => this.#show(), DELAY).unref();
    options.signal.addEventListener("abort", this.#onAbort, { once: true });
    if (options.signal.aborted) this.end();
  }

  advance(amount: number): void {
    this.#done += amount;
    this.#pace.add(this.#options.now().getTime(), this.#done);
  }

  fail(): void {
    this.#failed += 1;
  }

  wait(waitsFor: WaitsFor | undefined): void {
    this.#waitsFor = waitsFor;
  }

  total(amount: number): void {
    this.#total = amount;
  }

  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    clearTimeout(this.#delay);
    this.#options.signal.removeEventListener("abort", this.#onAbort);
    if (this.#frames !== undefined) {
      clearInterval(this.#frames);
      // The last frame shows the final state in a recording of the terminal.
      this.#draw();
    }
    this.#options.screen.show("");
  }

  #show(): void {
    this.#draw();
    // The timers do not keep the process alive.
    this.#frames = setInterval(() => this.#draw(), FRAME_INTERVAL).unref();
  }

  #draw(): void {
    const { screen, now } = this.#options;
    const { title, unit } = this.#stage;
    const time = now().getTime();
    const [done, failed, total] = [this.#done, this.#failed, this.#total];
    this.#estimate.add(time, done);
    const perSecond = this.#pace.perSecond(time, done);
    const left = this.#estimate.left(time, { done, total });
    const waiting = this.#waitsFor && {
      what: this.#waitsFor.what,
      left: this.#waitsFor.until.getTime() - time,
    };
    screen.show(progressLine({ title, unit, done, failed, total, perSecond, left, waiting }, screen.width));
  }
}
