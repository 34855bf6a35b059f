import type { SingleBar } from "cli-progress";
import type { Screen } from "../screen.ts";
import { Pace } from "./pace.ts";
import type { Progress, ProgressStage, StageOptions } from "./progress.ts";
import { progressLine } from "./progress-text.ts";

/** Work that is over sooner shows no bar, in milliseconds. */
const DELAY = 200;
/** Often enough to look alive, for a terminal at the other end of the world too. */
const FRAMES_PER_SECOND = 4;
const BAR_COLUMNS = 40;

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
  readonly #timer: NodeJS.Timeout;
  readonly #onAbort = () => this.end();
  #done = 0;
  #total: number | undefined;
  #ended = false;
  #bar: SingleBar | undefined;

  constructor(stage: StageOptions, options: ProgressBarOptions) {
    this.#stage = stage;
    this.#options = options;
    this.#total = stage.total;
    this.#pace = new Pace(options.now().getTime());
    this.#timer = setTimeout(() => void this.#show(), DELAY).unref();
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
    clearTimeout(this.#timer);
    this.#options.signal.removeEventListener("abort", this.#onAbort);
    this.#bar?.stop();
    this.#options.screen.show("");
  }

  async #show(): Promise<void> {
    const { Bar } = await import("./bar.ts");
    if (this.#ended) return;
    const { screen, now } = this.#options;
    const { title, unit } = this.#stage;
    const line = (bar: (progress: number, columns: number) => string) => {
      const perSecond = this.#pace.perSecond(now().getTime(), this.#done);
      const state = { title, unit, done: this.#done, total: this.#total, perSecond };
      return progressLine(state, { width: screen.width, bar });
    };
    this.#bar = new Bar({ screen, line, columns: BAR_COLUMNS, framesPerSecond: FRAMES_PER_SECOND });
    // What is drawn comes from the line above: the library draws and keeps the time.
    this.#bar.start(1, 0);
  }
}
