import { inOrder } from "../concurrency/in-order.ts";
import { OperatorError } from "../errors.ts";
import type { Store } from "../store/contract/store.ts";
import { intervalOf } from "./freshness.ts";
import { knownManifest } from "./inspection.ts";
import { type Look, lookAtBackup } from "./look-at-backups.ts";

/** How many stores are looked at at once: each takes a few small requests. */
const CONCURRENCY = 32;

/** The newest backup of a store, as its note tells it. */
export interface PlaceLook {
  /** The store's URL. */
  store: string;
  /** Undefined where there is none, and where the store cannot be read. */
  newest: Look | undefined;
  /** Time from one backup to the next, in milliseconds; undefined where nothing says it. */
  interval: number | undefined;
  /** Why the store cannot be read; undefined where it can. */
  problem: string | undefined;
}

/** Options of {@link lookAtPlaces}. */
export interface PlacesOptions {
  stores: AsyncIterable<Store>;
  /** A store as it is believed and decrypted. */
  view: (store: Store) => Promise<Store>;
  /** What is later is from the future, and does not count. */
  now: Date;
}

/** Looks at the newest backup of each store. That one cannot be read is part of the answer. */
export async function* lookAtPlaces(
  { stores, view, now }: PlacesOptions,
  signal: AbortSignal,
): AsyncGenerator<PlaceLook> {
  yield* inOrder(stores, CONCURRENCY, async (store): Promise<PlaceLook> => {
    const nothing = { store: store.url, newest: undefined, interval: undefined, problem: undefined };
    try {
      const viewed = await view(store);
      const backup = await viewed.newest({ until: now }, signal);
      const newest = backup && (await lookAtBackup(viewed, backup, signal));
      return { ...nothing, newest, interval: newest && intervalOf(takenBy(newest)) };
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof OperatorError)) throw error;
      return { ...nothing, problem: error.message };
    }
  });
}

function takenBy({ facts }: Look): { intervalSeconds?: number } | undefined {
  return "note" in facts ? facts.note : knownManifest(facts.inspection);
}
