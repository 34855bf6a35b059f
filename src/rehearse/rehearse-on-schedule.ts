import type { Log } from "../terminal/log/log.ts";
import type { Schedule } from "../time/schedule.ts";
import { nextRehearsal, notLater, type RehearsalFacts } from "./next-rehearsal.ts";

/** The clock is looked at again after that time, in milliseconds: timers stand still where a machine sleeps. */
const GLANCE = 60_000;

/** Where there is no backup yet, one is looked for after that time, in milliseconds. */
const NEXT_LOOK = 10_000;

/** Options of {@link rehearseOnSchedule}. */
export interface RehearsalsOptions {
  schedule: Schedule;
  /** When a rehearsal last came to a result, as the store has it. */
  last: Date | undefined;
  /**
   * Rehearses once, and says whether that came to a result; undefined where there is no backup yet. Throws nothing but the
   * signal's reason.
   */
  rehearse: (signal: AbortSignal) => Promise<boolean | undefined>;
  /** Resolves when no backup is being taken. */
  idle: (signal: AbortSignal) => Promise<void>;
  now: () => Date;
  /** Waits, in milliseconds. */
  sleep: (milliseconds: number, signal: AbortSignal) => Promise<void>;
  log: Log;
}

/**
 * Rehearses whenever that is due, one rehearsal at a time, until the signal aborts.
 *
 * @throws only the reason of the signal.
 */
export async function rehearseOnSchedule(options: RehearsalsOptions, signal: AbortSignal): Promise<never> {
  const { schedule, last, rehearse, idle, now, sleep, log } = options;
  let facts: RehearsalFacts = { schedule, since: now(), last, failed: undefined };
  let told: number | undefined;
  for (;;) {
    facts = notLater(facts, now());
    const due = nextRehearsal(facts);
    const wait = due.getTime() - now().getTime();
    if (wait > 0) {
      if (told !== due.getTime()) log.info({ due: due.toISOString() }, "Next rehearsal");
      told = due.getTime();
      await sleep(Math.min(wait, GLANCE), signal);
      continue;
    }
    await idle(signal);
    const isDone = await rehearse(signal);
    signal.throwIfAborted();
    if (isDone === undefined) await sleep(NEXT_LOOK, signal);
    else if (isDone) facts = { ...facts, last: now(), failed: undefined };
    else facts = { ...facts, failed: now() };
  }
}
