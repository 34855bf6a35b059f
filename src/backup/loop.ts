import type { Health } from "../health/health.ts";
import type { Store } from "../store/contract/store.ts";
import type { Log } from "../terminal/log/log.ts";
import { sleep } from "../time/sleep.ts";
import { nextDue, pauseAfter } from "./schedule.ts";
import type { TakenBackup } from "./take-backup.ts";

/** What the backup loop needs. */
export interface LoopOptions {
  store: Store;
  /** Takes one backup. */
  take: (signal: AbortSignal) => Promise<TakenBackup>;
  /** Removes backups that are kept no longer, when one has been stored. */
  prune?: ((signal: AbortSignal) => Promise<void>) | undefined;
  /** Milliseconds from one backup to the next. */
  frequency: number;
  /** Called when there is nothing to do until the next one. */
  atRest?: (() => void) | undefined;
  now: () => Date;
  log: Log;
  health: Health;
}

/**
 * Takes a backup whenever the newest in the store is `frequency` old, one at a time, until the
 * signal aborts. A failed backup is logged and tried again with growing pauses; it ends nothing.
 *
 * @throws the signal's reason, and nothing else.
 */
export async function backupLoop(options: LoopOptions, signal: AbortSignal): Promise<never> {
  const pruning = new Pruning(options);
  try {
    return await takeBackups(options, () => pruning.begin(signal), signal);
  } finally {
    await pruning.ended;
  }
}

async function takeBackups(
  options: LoopOptions,
  afterBackup: () => void,
  signal: AbortSignal,
): Promise<never> {
  const { log, frequency, now, health } = options;
  for (let failures = 0; ; ) {
    try {
      await waitUntilDue(options, signal);
      const started = now().getTime();
      health.backupBegins();
      const { name, size, manifest } = await options.take(signal);
      const objects = manifest.resources.reduce((sum, resource) => sum + resource.objects, 0);
      const seconds = (now().getTime() - started) / 1000;
      log.info(
        { backup: name, objects, bytes: size, seconds, oneMoment: manifest.oneMoment },
        "Backup stored",
      );
      health.backupStored();
      failures = 0;
      afterBackup();
    } catch (error) {
      signal.throwIfAborted();
      failures += 1;
      const pause = pauseAfter(failures, frequency);
      health.backupFailed(new Date(now().getTime() + pause));
      log.error({ err: error, failures, retryInSeconds: Math.round(pause / 1000) }, "Backup failed");
      await sleep(pause, signal);
    }
  }
}

async function waitUntilDue(
  { store, frequency, atRest, now, log, health }: LoopOptions,
  signal: AbortSignal,
): Promise<void> {
  for (;;) {
    // A backup from the future (a clock that was wrong) must not keep the next ones from being taken.
    const newest = await store.newest({ until: now() }, signal);
    const due = nextDue({ newest: newest?.time, frequency, now: now() });
    const wait = due.getTime() - now().getTime();
    if (wait <= 0) return;
    health.waiting(due);
    log.info({ newest: newest?.name, due: due.toISOString() }, "Next backup");
    atRest?.();
    // Timers run on another clock than the one that names backups, and end a moment early at times:
    // a millisecond before the second is the second before.
    await sleep(wait, signal);
  }
}

/**
 * Prunes beside the loop, once at a time: however long it takes and whatever comes of it, the next
 * backup is taken when it is due.
 */
class Pruning {
  readonly #options: LoopOptions;
  #underWay = false;
  /** Resolves when nothing is under way any more. */
  ended: Promise<void> = Promise.resolve();

  constructor(options: LoopOptions) {
    this.#options = options;
  }

  begin(signal: AbortSignal): void {
    const { prune } = this.#options;
    if (prune === undefined || this.#underWay) return;
    this.#underWay = true;
    this.ended = this.#run(prune, signal);
  }

  async #run(prune: (signal: AbortSignal) => Promise<void>, signal: AbortSignal): Promise<void> {
    try {
      await prune(signal);
    } catch (error) {
      if (!signal.aborted)
        this.#options.log.error({ err: error }, "Pruning failed; the next backup brings it again");
    } finally {
      this.#underWay = false;
    }
  }
}
