import { performance } from "node:perf_hooks";
import type { Log } from "../../terminal/log/log.ts";
import { sleep } from "../../time/sleep.ts";
import type { WaitingObjects } from "./waiting-objects.ts";

/**
 * How long a restore waits with nothing coming back for what holds up other objects, in milliseconds: a
 * workload that answers for a webhook or a conversion is scheduled, pulls its image and starts.
 */
export const PATIENCE = 150_000;

/** Pauses between rounds, in milliseconds; each is longer than the one before as long as nothing comes. */
const FIRST_PAUSE = 500;
const LONGEST_PAUSE = 15_000;

/**
 * Brings back what waits: after its owners, and once what refuses it lets it pass. It ends when nothing
 * waits, or nothing has come for as long as the patience lasts.
 *
 * @param patience milliseconds.
 */
export async function laterRounds(
  waiting: WaitingObjects,
  { log, patience }: { log: Log; patience: number },
  signal: AbortSignal,
): Promise<void> {
  await waiting.restoreOwned(signal);
  let since = performance.now();
  let pause = FIRST_PAUSE;
  for (;;) {
    const refusals = waiting.refusals();
    const left = patience - (performance.now() - since);
    if (refusals.size === 0 || left <= 0) break;
    log.info({ seconds: Math.round(left / 1000) }, describeRefusals(refusals));
    await sleep(Math.min(pause, left), signal);
    pause = Math.min(pause * 2, LONGEST_PAUSE);
    if ((await waiting.retry(signal)) === 0) continue;
    await waiting.restoreOwned(signal);
    since = performance.now();
    pause = FIRST_PAUSE;
  }
  await waiting.end(performance.now() - since, signal);
}

/** `3 objects wait: the admission webhook "policy.example.com" cannot be called (2), the API server is busy (1)`. */
export function describeRefusals(refusals: ReadonlyMap<string, number>): string {
  const objects = [...refusals.values()].reduce((sum, count) => sum + count, 0);
  const causes = [...refusals].sort(([, left], [, right]) => right - left);
  const named = causes.map(([cause, count]) => (causes.length === 1 ? cause : `${cause} (${count})`));
  return `${objects === 1 ? "1 object waits" : `${objects} objects wait`}: ${named.join("; ")}`;
}
