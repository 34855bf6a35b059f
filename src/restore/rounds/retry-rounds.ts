import { performance } from "node:perf_hooks";
import type { Log } from "../../terminal/log/log.ts";
import { sleep } from "../../time/sleep.ts";
import type { WaitingObjects } from "./waiting-objects.ts";

/**
 * How long a restore retries what is refused while no object passes, in milliseconds: a workload that serves a
 * webhook or a conversion is scheduled, pulls its image and starts.
 */
export const RETRY_FOR = 150_000;

/** Exponential backoff between rounds in which no object passes, in milliseconds. */
const FIRST_BACKOFF = 500;
const LONGEST_BACKOFF = 15_000;

/** How long webhooks get to see what was created, in milliseconds. */
const DENIED_BACKOFF = 1_000;

/**
 * Restores the objects that wait: after their owners, and once what refused them lets them pass. The rounds end
 * when no object waits, or when no object has passed for as long as `retryFor`.
 *
 * @param retryFor milliseconds.
 */
export async function retryRounds(
  waiting: WaitingObjects,
  {
    log,
    retryFor,
    beforeRound,
    onWaiting,
  }: {
    log: Log;
    retryFor: number;
    /** Called before each pause with what is waited for and the milliseconds until it is given up, and when that ends. */
    onWaiting?: ((waits: { what: string; left: number } | undefined) => void) | undefined;
    /** Called before each round; ends the rounds where it throws. */
    beforeRound?: ((signal: AbortSignal) => Promise<void>) | undefined;
  },
  signal: AbortSignal,
): Promise<void> {
  await beforeRound?.(signal);
  await waiting.restoreOwned(signal);
  await retryDenied(waiting, signal);
  let since = performance.now();
  let backoff = FIRST_BACKOFF;
  /** What the log has said last: with each pause the same would be a line again. */
  let told = "";
  for (;;) {
    const refusals = waiting.refusals();
    const left = retryFor - (performance.now() - since);
    if (refusals.size === 0 || left <= 0) break;
    const text = describeRefusals(refusals);
    if (text !== told) log.info({ seconds: Math.round(left / 1000) }, text);
    told = text;
    onWaiting?.({ what: waitingInWords(refusals), left });
    await sleep(Math.min(backoff, left), signal);
    await beforeRound?.(signal);
    backoff = Math.min(backoff * 2, LONGEST_BACKOFF);
    if ((await waiting.retry("refusal", signal)) === 0) continue;
    await waiting.restoreOwned(signal);
    await retryDenied(waiting, signal);
    since = performance.now();
    backoff = FIRST_BACKOFF;
  }
  onWaiting?.(undefined);
  await waiting.end(performance.now() - since, signal);
}

/**
 * Retries what a webhook or a policy denied, as long as any passes: it may allow an object once another one exists.
 * The last try comes a little later, since webhooks read caches.
 */
export async function retryDenied(waiting: WaitingObjects, signal: AbortSignal): Promise<void> {
  for (let late = false; waiting.hasDenied; ) {
    if ((await waiting.retry("denial", signal)) > 0) {
      await waiting.restoreOwned(signal);
      late = false;
    } else if (late) break;
    else {
      await sleep(DENIED_BACKOFF, signal);
      late = true;
    }
  }
}

/** `3 objects wait: the admission webhook "policy.example.com" cannot be called (2), the API server is busy (1)`. */
export function describeRefusals(refusals: ReadonlyMap<string, number>): string {
  const objects = [...refusals.values()].reduce((sum, count) => sum + count, 0);
  const causes = [...refusals].sort(([, left], [, right]) => right - left);
  const named = causes.map(([cause, count]) => (causes.length === 1 ? cause : `${cause} (${count})`));
  return `${objects === 1 ? "1 object waits" : `${objects} objects wait`}: ${named.join("; ")}`;
}

/** `45 waiting for the webhook ing.example.com`, `3 waiting: the API server is busy (2), …`. */
export function waitingInWords(refusals: ReadonlyMap<string, number>): string {
  const objects = [...refusals.values()].reduce((sum, count) => sum + count, 0);
  const causes = [...refusals].sort(([, left], [, right]) => right - left);
  const [only] = causes;
  const webhook = /^the (?:admission |conversion )?(webhook (?:of )?\S+) cannot be called$/.exec(
    only?.[0] ?? "",
  );
  if (causes.length === 1 && webhook !== null) return `${objects} waiting for the ${webhook[1]}`;
  const named = causes.map(([cause, count]) => (causes.length === 1 ? cause : `${cause} (${count})`));
  return `${objects} waiting: ${named.join("; ")}`;
}
