import { readNote } from "../notes/read-note.ts";
import type { AllowedSigner } from "../signatures/allowed-signers.ts";
import type { Store, StoredBackup } from "../store/contract/store.ts";
import type { Log } from "../terminal/log/log.ts";
import { type Belief, judgeBackup } from "./judge-backup.ts";

/** Options of {@link Beliefs}. */
export interface BeliefsOptions {
  store: Pick<Store, "beside">;
  signers: readonly AllowedSigner[];
  now: () => Date;
  log: Log;
}

/**
 * Which backups of a store are believed. The note of exactly these bytes is read once; a backup that is passed over is told
 * once.
 */
export class Beliefs {
  readonly #options: BeliefsOptions;
  readonly #known = new Map<string, { etag: string; belief: Belief & { believed: true } }>();
  readonly #told = new Set<string>();

  constructor(options: BeliefsOptions) {
    this.#options = options;
  }

  /**
   * Whether a backup is believed.
   *
   * @throws {OperatorError} where its note cannot be read.
   */
  async of(backup: StoredBackup, signal: AbortSignal): Promise<Belief> {
    const { store, signers, now } = this.#options;
    const { name, etag } = backup;
    const known = this.#known.get(name);
    if (known !== undefined && known.etag === etag) return known.belief;
    const belief = judgeBackup({ backup, reading: await readNote(store, name, signal), signers, now: now() });
    // Only what is believed stays so: a note may still come, and the future passes.
    if (belief.believed && etag !== undefined) this.#known.set(name, { etag, belief });
    return belief;
  }

  /** The same; what is passed over is told. */
  async passes(backup: StoredBackup, signal: AbortSignal): Promise<boolean> {
    const belief = await this.of(backup, signal);
    if (belief.believed) return true;
    const { name } = backup;
    if (!this.#told.has(name)) {
      this.#told.add(name);
      this.#options.log.warn({ backup: name, reason: belief.reason }, "This backup is passed over");
    }
    return false;
  }
}
