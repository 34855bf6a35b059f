import type { Store } from "../store/contract/store.ts";
import type { Log } from "../terminal/log/log.ts";

/**
 * Removes what killed processes have left of backups in the store, and logs it. A sweep that fails is no failure of the
 * backup: the next one tries again.
 *
 * @throws only the reason of the signal.
 */
export async function sweepLeftOvers(
  { store, log }: { store: Store; log: Log },
  signal: AbortSignal,
): Promise<void> {
  try {
    const names = await store.sweep(signal);
    if (names.length > 0) {
      log.info({ removed: names.length, names }, "Removed what killed processes have left behind");
    }
  } catch (error) {
    signal.throwIfAborted();
    log.debug({ err: error }, "What killed processes have left behind is not removed");
  }
}
