import { formatDuration } from "../duration.ts";
import type { Log } from "../log/log.ts";
import { Estimate } from "./estimate.ts";
import type { Progress, ProgressStage, StageOptions, WaitsFor } from "./progress.ts";
import { type ProgressState, progressAmount, waitingText } from "./progress-text.ts";

/** The minimum interval between two lines, and before the first line, in milliseconds. */
const INTERVAL = 10_000;

/** Options of {@link progressLog}. */
export interface ProgressLogOptions {
  log: Log;
  now: () => Date;
}

/** Reports progress as log lines, at most one every ten seconds, where there is no terminal. */
export function progressLog(options: ProgressLogOptions): Progress {
  return (stage) => new LogStage(stage, options);
}

class LogStage implements ProgressStage {
  readonly #stage: StageOptions;
  readonly #options: ProgressLogOptions;
  readonly #estimate: Estimate;
  #total: number | undefined;
  #done = 0;
  #failed = 0;
  #lastLine: number;
  #ended = false;

  constructor(stage: StageOptions, options: ProgressLogOptions) {
    this.#stage = stage;
    this.#options = options;
    this.#total = stage.total;
    this.#lastLine = options.now().getTime();
    this.#estimate = new Estimate(this.#lastLine);
  }

  advance(amount: number): void {
    this.#done += amount;
    const time = this.#options.now().getTime();
    this.#estimate.add(time, this.#done);
    if (!this.#isDue(time)) return;
    const [done, total] = [this.#done, this.#total];
    const left = this.#estimate.left(time, { done, total });
    const state = this.#state(left);
    const { title, unit } = this.#stage;
    this.#options.log.info(
      { done, total, unit, secondsLeft: left === undefined ? undefined : Math.round(left / 1000) },
      `${title}: ${progressAmount(state)}${left === undefined ? "" : `, ${formatDuration(left)} left`}`,
    );
  }

  fail(): void {
    this.#failed += 1;
  }

  wait(waitsFor: WaitsFor | undefined): void {
    if (waitsFor === undefined) return;
    const time = this.#options.now().getTime();
    if (!this.#isDue(time)) return;
    const waiting = { what: waitsFor.what, left: waitsFor.until.getTime() - time };
    const text = waitingText({ ...this.#state(undefined), waiting });
    this.#options.log.info({ until: waitsFor.until.toISOString() }, `${this.#stage.title}: ${text}`);
  }

  total(amount: number): void {
    this.#total = amount;
  }

  end(): void {
    this.#ended = true;
  }

  #isDue(time: number): boolean {
    if (this.#ended || time - this.#lastLine < INTERVAL) return false;
    this.#lastLine = time;
    return true;
  }

  #state(left: number | undefined): ProgressState {
    const { title, unit } = this.#stage;
    const [done, failed, total] = [this.#done, this.#failed, this.#total];
    return { title, unit, done, failed, total, perSecond: undefined, left };
  }
}
