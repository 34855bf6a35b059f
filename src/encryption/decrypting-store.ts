import type {
  ListOptions,
  NewestOptions,
  PutOptions,
  RandomAccess,
  RemoveOptions,
  Store,
  StoredBackup,
  StoredObject,
} from "../store/contract/store.ts";
import type { Identities } from "./identities.ts";

/** A store whose encrypted backups are read as the zips that they hold. All else is the store's. */
export class DecryptingStore implements Store {
  readonly #store: Store;
  readonly #identities: Identities;

  /** @param identities may be none: encrypted backups are listed, stored and removed then, and cannot be opened. */
  constructor(store: Store, identities: Identities) {
    this.#store = store;
    this.#identities = identities;
  }

  get url(): string {
    return this.#store.url;
  }

  get beside(): Store["beside"] {
    return this.#store.beside;
  }

  /** @throws {MissingKeyError} where the backup is encrypted and no key opens it. */
  async open(name: string, signal: AbortSignal): Promise<RandomAccess> {
    const stored = await this.#store.open(name, signal);
    if (stored.form !== "zip.age") return stored;
    try {
      const { EncryptedSource } = await import("./encrypted-source.ts");
      return await EncryptedSource.open(stored, this.#identities, signal);
    } catch (error) {
      await stored.close();
      throw error;
    }
  }

  openStored(name: string, signal: AbortSignal): Promise<RandomAccess> {
    return this.#store.openStored(name, signal);
  }

  list(options: ListOptions, signal: AbortSignal): AsyncIterable<StoredBackup> {
    return this.#store.list(options, signal);
  }

  newest(options: NewestOptions, signal: AbortSignal): Promise<StoredBackup | undefined> {
    return this.#store.newest(options, signal);
  }

  holdsOlderFormat(signal: AbortSignal): Promise<boolean> {
    return this.#store.holdsOlderFormat(signal);
  }

  placesBeside(signal: AbortSignal): Promise<string[]> {
    return this.#store.placesBeside(signal);
  }

  has(name: string, signal: AbortSignal): Promise<boolean> {
    return this.#store.has(name, signal);
  }

  put(
    name: string,
    content: AsyncIterable<Uint8Array>,
    signal: AbortSignal,
    options?: PutOptions,
  ): Promise<StoredObject> {
    return this.#store.put(name, content, signal, options);
  }

  remove(name: string, signal: AbortSignal, options?: RemoveOptions): Promise<void> {
    return this.#store.remove(name, signal, options);
  }

  prepare(signal: AbortSignal): Promise<void> {
    return this.#store.prepare(signal);
  }

  sweep(signal: AbortSignal): Promise<string[]> {
    return this.#store.sweep(signal);
  }

  clockSkew(): number | undefined {
    return this.#store.clockSkew();
  }

  close(): Promise<void> {
    return this.#store.close();
  }
}
