import { formatDuration } from "../duration.ts";
import type { Log } from "../log/log.ts";
import { Pace } from "./pace.ts";
import type { Progress } from "./progress.ts";
import { progressAmount, timeLeft } from "./progress-text.ts";

/** The minimum interval between two lines, and before the first line, in milliseconds. */
const INTERVAL = 10_000;

/** Options of {@link progressLog}. */
export interface ProgressLogOptions {
  log: Log;
  now: () => Date;
}

/** Reports progress as log lines, at most one every ten seconds, where there is no terminal. */
export function progressLog({ log, now }: ProgressLogOptions): Progress {
  return ({ title, unit, total: known }) => {
    const start = now().getTime();
    const pace = new Pace(start);
    let total = known;
    let done = 0;
    let lastLine = start;
    let ended = false;
    return {
      advance: (amount) => {
        done += amount;
        const time = now().getTime();
        pace.add(time, done);
        if (ended || time - lastLine < INTERVAL) return;
        lastLine = time;
        const state = { title, unit, done, total, perSecond: pace.perSecond(time, done) };
        const left = timeLeft(state);
        const seconds = left === undefined ? undefined : Math.round(left / 1000);
        log.info(
          { done, total, unit, secondsLeft: seconds },
          `${title}: ${progressAmount(state)}${left === undefined ? "" : `, ${formatDuration(left)} left`}`,
        );
      },
      total: (amount) => {
        total = amount;
      },
      end: () => {
        ended = true;
      },
    };
  };
}
