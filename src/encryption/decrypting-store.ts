import { ForwardingStore } from "../store/contract/forwarding-store.ts";
import type { Segments } from "../store/contract/segments.ts";
import type { OpenOptions, RandomAccess, Store } from "../store/contract/store.ts";
import { DecryptingSegments } from "./decrypting-segments.ts";
import type { Identities } from "./identities.ts";

/** A store whose encrypted backups are read as the zips that they hold. All else is the store's. */
export class DecryptingStore extends ForwardingStore {
  readonly #identities: Identities;
  readonly #segments: DecryptingSegments;

  /** @param identities may be none: encrypted backups are listed, stored and removed then, and cannot be opened. */
  constructor(store: Store, identities: Identities) {
    super(store);
    this.#identities = identities;
    this.#segments = new DecryptingSegments(store.segments, identities);
  }

  override get segments(): Segments {
    return this.#segments;
  }

  /** @throws {MissingKeyError} where the backup is encrypted and no key opens it. */
  override async open(name: string, signal: AbortSignal, options?: OpenOptions): Promise<RandomAccess> {
    const stored = await this.inner.open(name, signal, options);
    if (stored.form !== "zip.age") return stored;
    try {
      const { EncryptedSource } = await import("./encrypted-source.ts");
      return await EncryptedSource.open(stored, this.#identities, signal);
    } catch (error) {
      await stored.close();
      throw error;
    }
  }
}
