import type { Store } from "../store/contract/store.ts";
import type { Log } from "../terminal/log/log.ts";

/** Options of {@link FutureBackups}. */
export interface FutureBackupsOptions {
  store: Store;
  /** How far the time of a backup may be ahead of this clock, in milliseconds. Nobody is warned without it. */
  clockAllowance?: number | undefined;
  /** Whether the archive of a name can be read; all count as such without it. */
  canBeRead?: ((name: string, signal: AbortSignal) => Promise<boolean>) | undefined;
  now: () => Date;
  log: Log;
}

/**
 * Warns of backups from the future, once of each: with one of them in the store, the restore gate refuses to start in
 * the next cluster, at the moment when it is needed.
 */
export class FutureBackups {
  readonly #options: FutureBackupsOptions;
  readonly #told = new Set<string>();

  constructor(options: FutureBackupsOptions) {
    this.#options = options;
  }

  /** Lists the backups from the future, and warns of those that nobody was warned of before. */
  async warn(signal: AbortSignal): Promise<void> {
    const { store, clockAllowance, canBeRead, now, log } = this.#options;
    if (clockAllowance === undefined) return;
    const limit = new Date(now().getTime() + clockAllowance);
    for await (const { name, time } of store.list({ from: limit }, signal)) {
      if (time <= limit || this.#told.has(name)) continue;
      this.#told.add(name);
      if ((await canBeRead?.(name, signal)) === false) {
        log.warn(
          { backup: name, store: store.url, advice: "Remove it from the store" },
          "This is named as a backup from the future and cannot be read: it is no backup, and is passed over",
        );
        continue;
      }
      log.warn(
        {
          backup: name,
          store: store.url,
          advice: "Set the clock right where it is wrong, and remove the backup from the store",
        },
        "This backup is from the future: while it is in the store, the restore gate of a new cluster refuses to start",
      );
    }
  }
}
