import { excludedObjects } from "../archive/format/counts.ts";
import type { Health } from "../health/health.ts";
import type { Store } from "../store/contract/store.ts";
import type { Log } from "../terminal/log/log.ts";
import { sleep } from "../time/sleep.ts";
import type { EarlyBackup } from "./early-backup.ts";
import { FutureBackups } from "./future-backups.ts";
import { backoffAfter, nextDue } from "./schedule.ts";
import type { TakenBackup } from "./take-backup.ts";

/** Options of {@link backupLoop}. */
export interface LoopOptions {
  store: Store;
  /** Takes one backup. */
  take: (signal: AbortSignal) => Promise<Pick<TakenBackup, "name" | "size" | "manifest">>;
  /** Removes backups beyond the retention policy, after each stored backup. */
  prune?: ((signal: AbortSignal) => Promise<void>) | undefined;
  /** Copies backups to a second store: at the start, and after each stored backup. That it fails is no failure of a backup. */
  copy?: ((signal: AbortSignal) => Promise<void>) | undefined;
  /** Removes what killed processes have left behind: at the start, and after each stored backup. Throws nothing but the signal's reason. */
  sweep?: ((signal: AbortSignal) => Promise<void>) | undefined;
  /** How far the time of a backup may be ahead of this clock before the restore gate refuses it, in milliseconds. */
  clockAllowance?: number | undefined;
  /** Whether the archive of a name can be read: what is from the future and cannot be is no backup. */
  canBeRead?: ((name: string, signal: AbortSignal) => Promise<boolean>) | undefined;
  /**
   * Whether a backup is of this cluster, as far as that is known. That of another cluster in the same place must not put off
   * this one's for ever.
   */
  isOwn?: ((name: string, signal: AbortSignal) => Promise<boolean>) | undefined;
  /** Interval between backups, in milliseconds. */
  frequency: number;
  /** Wants backups before they are due; none by default. */
  early?: EarlyBackup | undefined;
  /** Told of each attempt; nobody by default. */
  observer?: LoopObserver | undefined;
  /** Called after each listing. */
  onListed?: (() => void) | undefined;
  /** Called before the loop waits for the next backup. */
  onIdle?: (() => void) | undefined;
  now: () => Date;
  log: Log;
  health: Health;
}

/** Somebody who follows the loop. */
export interface LoopObserver {
  /** @param seconds how long it took, until it was looked at in the store. */
  stored(backup: Pick<TakenBackup, "name" | "size" | "manifest">, seconds: number): void;
  /** @param failures how many attempts have failed in a row. */
  failed(error: unknown, failures: number): void;
}

/**
 * Takes a backup when the newest backup in the store is `frequency` old, one backup at a time, until the
 * signal aborts; and when its own last one is, where the newest is of another cluster. A failed backup is logged and retried
 * with exponential backoff; it does not end the loop.
 *
 * @throws only the reason of the signal.
 */
export async function backupLoop(options: LoopOptions, signal: AbortSignal): Promise<never> {
  const { log, sweep, prune, copy } = options;
  const pruning = new Background(
    async (signal) => {
      await sweep?.(signal);
      await prune?.(signal);
    },
    { log, failed: "Pruning failed; the next backup brings it again" },
  );
  // Beside the pruning, which a second store that does not answer must not hold up.
  const copying = new Background(async (signal) => await copy?.(signal), {
    log,
    failed: "Copying to the second store failed; the next backup brings it again",
  });
  const afterBackup = () => {
    pruning.start(signal);
    copying.start(signal);
  };
  await sweep?.(signal);
  copying.start(signal);
  try {
    return await takeBackups(options, afterBackup, signal);
  } finally {
    await Promise.all([pruning.finished, copying.finished]);
  }
}

async function takeBackups(
  options: LoopOptions,
  afterBackup: () => void,
  signal: AbortSignal,
): Promise<never> {
  const { log, frequency, now, health } = options;
  const future = new FutureBackups(options);
  /** When this loop has last begun a backup that was stored, or has begun itself. */
  let last = now();
  for (let failures = 0; ; ) {
    try {
      await waitUntilDue(options, { future, last }, signal);
      const started = now().getTime();
      options.early?.begins();
      health.backupBegins();
      const { name, size, manifest } = await options.take(signal);
      const objects = manifest.resources.reduce((sum, resource) => sum + resource.objects, 0);
      const seconds = (now().getTime() - started) / 1000;
      log.info(
        {
          backup: name,
          objects,
          excluded: excludedObjects(manifest),
          bytes: size,
          seconds,
          oneMoment: manifest.oneMoment,
        },
        "Backup stored",
      );
      health.backupStored();
      options.observer?.stored({ name, size, manifest }, seconds);
      failures = 0;
      last = new Date(started);
      afterBackup();
    } catch (error) {
      signal.throwIfAborted();
      failures += 1;
      const backoff = backoffAfter(failures, frequency);
      health.backupFailed(new Date(now().getTime() + backoff));
      log.error({ err: error, failures, retryInSeconds: Math.round(backoff / 1000) }, "Backup failed");
      options.observer?.failed(error, failures);
      await sleep(backoff, signal);
    }
  }
}

async function waitUntilDue(
  { store, frequency, isOwn, early, onListed, onIdle, now, log, health }: LoopOptions,
  { future, last }: { future: FutureBackups; last: Date },
  signal: AbortSignal,
): Promise<void> {
  for (;;) {
    if (early?.isWanted === true) return;
    // A backup with a time in the future (of a wrong clock) must not prevent the next backups.
    const latest = await store.newest({}, signal);
    onListed?.();
    const isFuture = latest !== undefined && latest.time > now();
    if (isFuture) await future.warn(signal);
    const newest = isFuture ? await store.newest({ until: now() }, signal) : latest;
    const due = nextDue({ newest: newest?.time, frequency, now: now() });
    const wait = due.getTime() - now().getTime();
    if (wait <= 0) return;
    if (newest !== undefined && nextDue({ newest: last, frequency, now: now() }) <= now()) {
      if ((await isOwn?.(newest.name, signal)) === false) return;
    }
    health.waiting(due);
    log.info({ newest: newest?.name, due: due.toISOString() }, "Next backup");
    onIdle?.();
    // The loop checks again after the sleep: timers use another clock than the names of backups, and may fire
    // early. A backup that is a millisecond early is named by the previous second.
    await (early?.sleep(wait, signal) ?? sleep(wait, signal));
  }
}

/**
 * Does something in the background, one run at a time: neither its duration nor its failure delays the next backup.
 */
class Background {
  readonly #work: (signal: AbortSignal) => Promise<void>;
  readonly #told: { log: Log; failed: string };
  #running = false;
  #again = false;
  /** Resolves when no run is in progress. */
  finished: Promise<void> = Promise.resolve();

  constructor(work: (signal: AbortSignal) => Promise<void>, told: { log: Log; failed: string }) {
    this.#work = work;
    this.#told = told;
  }

  /** Begins a run; one that is in progress is followed by another. */
  start(signal: AbortSignal): void {
    this.#again = true;
    if (this.#running) return;
    this.#running = true;
    this.finished = this.#run(signal);
  }

  async #run(signal: AbortSignal): Promise<void> {
    try {
      while (this.#again && !signal.aborted) {
        this.#again = false;
        await this.#work(signal);
      }
    } catch (error) {
      if (!signal.aborted) this.#told.log.error({ err: error }, this.#told.failed);
    } finally {
      this.#running = false;
    }
  }
}
