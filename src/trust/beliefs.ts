import { readNote } from "../notes/read-note.ts";
import type { AllowedSigner } from "../signatures/allowed-signers.ts";
import { type BackupForm, backupOfFile, fileOfBackup } from "../store/contract/backup-name.ts";
import type { Store, StoredBackup } from "../store/contract/store.ts";
import type { Log } from "../terminal/log/log.ts";
import { type JudgedBackup, judgeForms } from "./judge-backup.ts";

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
  readonly #known = new Map<string, JudgedBackup & { etag: string }>();
  readonly #told = new Set<string>();

  constructor(options: BeliefsOptions) {
    this.#options = options;
  }

  /** Whose backups are believed. */
  get signers(): readonly AllowedSigner[] {
    return this.#options.signers;
  }

  /**
   * Whether a backup is believed; of one that is there in two forms, which one.
   *
   * @throws {OperatorError} where its note cannot be read.
   */
  async of(backup: StoredBackup, signal: AbortSignal): Promise<JudgedBackup> {
    const { store, signers, now } = this.#options;
    const { name, etag, form } = backup;
    const known = this.#known.get(name);
    if (known !== undefined && known.etag === etag && known.backup.form === form) return known;
    const judged = judgeForms({ backup, reading: await readNote(store, name, signal), signers, now: now() });
    // Only what is believed stays so: a note may still come, and the future passes.
    const { backup: chosen, belief } = judged;
    if (belief.believed && chosen.etag !== undefined)
      this.#known.set(name, { etag: chosen.etag, backup: chosen, belief });
    return judged;
  }

  /** The form of a backup that its note names; undefined where it has no note that can be used. */
  async namedForm(name: string, signal: AbortSignal): Promise<BackupForm | undefined> {
    const reading = await readNote(this.#options.store, name, signal);
    return reading.state === "read" ? backupOfFile(reading.note.object)?.form : undefined;
  }

  /** The same as {@link of}, undefined for what is not believed; what is passed over is told. */
  async passed(backup: StoredBackup, signal: AbortSignal): Promise<StoredBackup | undefined> {
    const { backup: chosen, belief } = await this.of(backup, signal);
    if (!belief.believed) {
      this.#tell(backup.name, belief.reason);
      return undefined;
    }
    for (const other of backup.forms ?? [])
      if (other.form !== chosen.form)
        this.#tell(fileOfBackup(other.name, other.form), `the signed note is of ${belief.note.object}`);
    return chosen;
  }

  #tell(backup: string, reason: string): void {
    if (this.#told.has(backup)) return;
    this.#told.add(backup);
    this.#options.log.warn({ backup, reason }, "This backup is passed over");
  }
}
