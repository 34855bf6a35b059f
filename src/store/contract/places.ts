import type { Store } from "./store.ts";

/** A bucket, a prefix or a folder with the stores of several clusters below it. */
export interface Places {
  /** Its URL for messages, without secrets. */
  readonly url: string;

  /**
   * The stores at this place and below it, in no order: each prefix or folder that holds backups, or the notes of backups
   * that are gone. They are open until `close`.
   *
   * @throws {OperatorError} where the place cannot be listed.
   */
  stores(signal: AbortSignal): AsyncIterable<Store>;

  /** Releases the resources of all of them. */
  close(): Promise<void>;
}

/** How deep below the place a store is looked for: `s3://BUCKET/a/b/c` is found from `s3://BUCKET`. */
export const PLACES_DEPTH = 3;

/** How many prefixes or folders are listed at once. */
export const PLACES_AT_ONCE = 32;
