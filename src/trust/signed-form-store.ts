import { backupTime } from "../store/contract/backup-name.ts";
import { ForwardingStore } from "../store/contract/forwarding-store.ts";
import type {
  ListOptions,
  NewestOptions,
  OpenOptions,
  RandomAccess,
  Store,
  StoredBackup,
} from "../store/contract/store.ts";
import type { Beliefs } from "./beliefs.ts";
import { openOneForm } from "./open-one-form.ts";

/**
 * A store with all of its backups, in which of two forms of a name the one is meant that the signed note is of. Where there is
 * none such, both stay one entry that nothing opens.
 */
export class SignedFormStore extends ForwardingStore {
  readonly #beliefs: Beliefs;

  constructor(store: Store, beliefs: Beliefs) {
    super(store);
    this.#beliefs = beliefs;
  }

  override async *list(options: ListOptions, signal: AbortSignal): AsyncGenerator<StoredBackup> {
    for await (const backup of this.inner.list(options, signal)) yield await this.#oneForm(backup, signal);
  }

  override async newest(options: NewestOptions, signal: AbortSignal): Promise<StoredBackup | undefined> {
    const newest = await this.inner.newest(options, signal);
    return newest && (await this.#oneForm(newest, signal));
  }

  override async open(name: string, signal: AbortSignal, options?: OpenOptions): Promise<RandomAccess> {
    return await this.#open(name, (options) => this.inner.open(name, signal, options), signal, options);
  }

  override async openStored(name: string, signal: AbortSignal, options?: OpenOptions): Promise<RandomAccess> {
    return await this.#open(name, (options) => this.inner.openStored(name, signal, options), signal, options);
  }

  async #open(
    name: string,
    open: (options?: OpenOptions) => Promise<RandomAccess>,
    signal: AbortSignal,
    options?: OpenOptions,
  ): Promise<RandomAccess> {
    return await openOneForm(open, options, async () => {
      const found = await this.newest({ until: backupTime(name) }, signal);
      if (found?.name !== name || found.form === "both") return undefined;
      return found.form ?? "zip";
    });
  }

  async #oneForm(backup: StoredBackup, signal: AbortSignal): Promise<StoredBackup> {
    if (backup.form !== "both") return backup;
    return (await this.#beliefs.passed(backup, signal)) ?? backup;
  }
}
