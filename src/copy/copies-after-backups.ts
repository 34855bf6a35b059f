import { sweepLeftOvers } from "../backup/left-overs.ts";
import { selectBackups } from "../catalog/select-backups.ts";
import { OperatorError } from "../errors.ts";
import type { StoredBackup } from "../store/contract/store.ts";
import type { Log } from "../terminal/log/log.ts";
import { backupsThere } from "./backups-there.ts";
import { type CopyRoute, copyBackup } from "./copy-backup.ts";
import type { TagRules } from "./copy-tags.ts";
import { missingCopies } from "./missing-copies.ts";

/** The most backups that wait to be copied. `copy --all` copies older ones. */
const MOST_WAITING = 100;

/** After so many failures in a row a round ends: the second store may not answer at all. */
const MOST_FAILURES = 3;

/** Options of {@link CopiesAfterBackups}. */
export interface CopiesOptions extends CopyRoute, Pick<TagRules, "signers" | "now"> {
  log: Log;
}

type Waiting = Pick<StoredBackup, "name" | "time">;

/**
 * Copies the backups of a loop to a second store. What fails is a warning, and is tried again after the next backup; a process
 * that begins looks what is missing.
 */
export class CopiesAfterBackups {
  readonly #options: CopiesOptions;
  /** Oldest first, with the number of failures. */
  readonly #waiting = new Map<string, Waiting & { failures: number }>();
  #begun = false;

  constructor(options: CopiesOptions) {
    this.#options = options;
  }

  /** A backup was stored, and waits to be copied. */
  stored({ name, time }: Waiting): void {
    this.#waiting.set(name, { name, time, failures: 0 });
    const { log } = this.#options;
    for (const [oldest] of this.#waiting) {
      if (this.#waiting.size <= MOST_WAITING) break;
      this.#waiting.delete(oldest);
      log.warn(
        { backup: oldest, advice: "Copy it by hand: kube-backup copy --all" },
        "Backup is not copied to the second store: too many wait",
      );
    }
  }

  /**
   * Copies what waits.
   *
   * @throws only the reason of the signal.
   */
  async run(signal: AbortSignal): Promise<void> {
    const { to, log } = this.#options;
    try {
      await to.prepare(signal);
      await sweepLeftOvers({ store: to, log }, signal);
      if (!this.#begun) await this.#findMissing(signal);
      this.#begun = true;
      await this.#copyWaiting(signal);
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof OperatorError)) throw error;
      this.#warn(error, { waiting: this.#waiting.size });
    }
  }

  async #findMissing(signal: AbortSignal): Promise<void> {
    const { from, to } = this.#options;
    const newest = await Array.fromAsync(selectBackups(from, { last: MOST_WAITING }, signal));
    const there = await backupsThere(to, newest, signal);
    const noted = new Set(await Array.fromAsync(to.beside.list("notes", signal)));
    const missing = missingCopies({ newest, copied: new Set(there.keys()), noted });
    const since = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const each of [...missing, ...since]) this.stored(each);
  }

  async #copyWaiting(signal: AbortSignal): Promise<void> {
    const { from, to, log } = this.#options;
    // One that fails for a reason of its own does not keep the others waiting.
    const waiting = [...this.#waiting.values()].sort((one, other) => one.failures - other.failures);
    let failures = 0;
    for (const each of waiting) {
      if (failures >= MOST_FAILURES) return;
      const { name: backup } = each;
      try {
        const there = (await backupsThere(to, [each], signal)).get(backup);
        const { outcome, size, tags } = await copyBackup({ ...this.#options, backup: each, there }, signal);
        this.#waiting.delete(backup);
        failures = 0;
        const bytes = { backup, store: to.url, bytes: size, laterTags: tags };
        if (outcome === "copied") log.info(bytes, "Backup copied to the second store");
      } catch (error) {
        signal.throwIfAborted();
        if (!(error instanceof OperatorError)) throw error;
        if (await isGone(from, backup, signal)) {
          this.#waiting.delete(backup);
          log.info({ backup }, "Backup was removed before it was copied to the second store");
          continue;
        }
        failures += 1;
        each.failures += 1;
        this.#warn(error, { backup });
      }
    }
  }

  #warn(error: OperatorError, which: object): void {
    const { to, log } = this.#options;
    const { message: reason, advice } = error;
    log.warn(
      { ...which, store: to.url, reason, advice, err: error },
      "Not copied to the second store; the next backup brings it again",
    );
  }
}

/** Retention may have removed it meanwhile. */
async function isGone(from: CopyRoute["from"], backup: string, signal: AbortSignal): Promise<boolean> {
  try {
    return !(await from.has(backup, signal));
  } catch {
    signal.throwIfAborted();
    return false;
  }
}
