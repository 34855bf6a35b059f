import { RevisionCompactedError } from "../../cluster/lists/list-page.ts";
import type { ApiClient } from "../../cluster/requests/api-client.ts";
import { ApiError } from "../../cluster/requests/api-error.ts";
import { type WatchEvent, watch } from "../../cluster/watch/watch.ts";
import { OperatorError } from "../../errors.ts";
import type { ServedResource } from "../../kubernetes/resource.ts";
import { compareRevisions } from "../../kubernetes/revision.ts";
import { sleep } from "../../time/sleep.ts";

/** How long one watch is open, in seconds: between these, so that not all of them end at once. */
const LEAST_SECONDS = 240;
const MORE_SECONDS = 240;
/** The backoff after a watch that failed, in milliseconds. */
const FIRST_BACKOFF = 500;
const LONGEST_BACKOFF = 5_000;

/** Options of {@link KindWatch}. */
export interface KindWatchOptions {
  resource: ServedResource;
  /** Events after this resource version. */
  revision: string;
  /** Takes events, each once and in order, without bookmarks. */
  onEvents: (resource: ServedResource, events: readonly WatchEvent[]) => void;
  /** Between 0 and 1. */
  random: () => number;
}

/** Follows the changes of one resource, over as many watches as it takes. */
export class KindWatch {
  readonly resource: ServedResource;
  readonly #options: KindWatchOptions;
  #seen: string;
  #isGone = false;

  constructor(options: KindWatchOptions) {
    this.#options = options;
    this.resource = options.resource;
    this.#seen = options.revision;
  }

  /** Every event up to this resource version has come. */
  get seen(): string {
    return this.#seen;
  }

  /** Whether the API server serves the resource no more: nothing changes any more. */
  get isGone(): boolean {
    return this.#isGone;
  }

  /** Takes what came of a watch that began at {@link seen} or before: events that have come already are passed over. */
  take(events: readonly WatchEvent[]): void {
    const fresh = events.filter(({ revision }) => compareRevisions(revision, this.#seen) > 0);
    const last = fresh.at(-1);
    if (last === undefined) return;
    const changes = fresh.filter(({ type }) => type !== "BOOKMARK");
    if (changes.length > 0) this.#options.onEvents(this.resource, changes);
    this.#seen = last.revision;
  }

  /**
   * Watches until the signal aborts. What fails is tried again.
   *
   * @throws {RevisionCompactedError} where the API server has no events from {@link seen} on any more.
   * @throws {ApiError} where the right to watch is missing.
   */
  async run(client: ApiClient, signal: AbortSignal): Promise<void> {
    for (let failures = 0; !this.#isGone; ) {
      try {
        const seconds = Math.round(LEAST_SECONDS + MORE_SECONDS * this.#options.random());
        for await (const events of watch(client, this.resource, { revision: this.#seen, seconds }, signal)) {
          this.take(events);
          failures = 0;
        }
        // Without a pause, an API server that ends each watch at once would be asked without end.
        await sleep(FIRST_BACKOFF * this.#options.random(), signal);
      } catch (error) {
        signal.throwIfAborted();
        if (error instanceof RevisionCompactedError || !(error instanceof OperatorError)) throw error;
        if (error instanceof ApiError && error.status === 403) throw error;
        if (error instanceof ApiError && error.status === 404) {
          this.#isGone = true;
          return;
        }
        failures += 1;
        await sleep(Math.min(FIRST_BACKOFF * 2 ** failures, LONGEST_BACKOFF), signal);
      }
    }
  }

  /** A short watch up to a resource version, beside the long one: the API server proves with it that nothing is missing. */
  async reach(client: ApiClient, revision: string, signal: AbortSignal): Promise<void> {
    // The API server sends a bookmark two seconds before the end of a watch, and none with two seconds or less.
    for await (const events of watch(client, this.resource, { revision: this.#seen, seconds: 3 }, signal)) {
      this.take(events);
      if (compareRevisions(this.#seen, revision) >= 0) return;
    }
  }
}
