import type { Screen } from "../screen.ts";
import { Pace } from "./pace.ts";
import type { Progress, ProgressStage, StageOptions } from "./progress.ts";
import { progressLine } from "./progress-text.ts";

/** Work that is over sooner shows no bar, in milliseconds. */
const DELAY = 200;
/** From one frame to the next, in milliseconds: looks alive, also on a terminal at the other end of the world. */
const FRAME = 250;

/** Options of {@link progressBar}. */
export interface ProgressBarOptions {
  screen: Screen;
  now: () => Date;
  /** When it aborts, nothing more is drawn. */
  signal: AbortSignal;
}

/** Progress as a bar on a terminal: with rate and time left, gone when the work is over. */
export function progressBar({ screen, now, signal }: ProgressBarOptions): Progress {
  return (options) => new BarStage(options, { screen, now, signal });
}

class BarStage implements ProgressStage {
  readonly #stage: StageOptions;
  readonly #options: ProgressBarOptions;
  readonly #pace: Pace;
  readonly #delay: NodeJS.Timeout;
  readonly #onAbort = () => this.end();
  #done = 0;
  #total: number | undefined;
  #ended = false;
  #frames: NodeJS.Timeout | undefined;

  constructor(stage: StageOptions, options: ProgressBarOptions) {
    this.#stage = stage;
    this.#options = options;
    this.#total = stage.total;
    this.#pace = new Pace(options.now().getTime());
    this.#delay = setTimeout(() => this.#show(), DELAY).unref();
    options.signal.addEventListener("abort", this.#onAbort, { once: true });
    if (options.signal.aborted) this.end();
  }

  advance(amount: number): void {
    this.#done += amount;
    this.#pace.add(this.#options.now().getTime(), this.#done);
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
      // A recording of the terminal holds how far the work came.
      this.#draw();
    }
    this.#options.screen.show("");
  }

  #show(): void {
    this.#draw();
    // Neither timer keeps the process alive.
    this.#frames = setInterval(() => this.#draw(), FRAME).unref();
  }

  #draw(): void {
    const { screen, now } = this.#options;
    const { title, unit } = this.#stage;
    const perSecond = this.#pace.perSecond(now().getTime(), this.#done);
    screen.show(progressLine({ title, unit, done: this.#done, total: this.#total, perSecond }, screen.width));
  }
}
