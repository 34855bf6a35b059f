import { RevisionCompactedError } from "../../cluster/lists/list-page.ts";
import type { ApiClient } from "../../cluster/requests/api-client.ts";
import { ApiError } from "../../cluster/requests/api-error.ts";
import { type WatchEvent, watch } from "../../cluster/watch/watch.ts";
import { OperatorError } from "../../errors.ts";
import { resourceName, type ServedResource } from "../../kubernetes/resource.ts";
import { compareRevisions } from "../../kubernetes/revision.ts";
import { sleep } from "../../time/sleep.ts";
import { TimelineEnd } from "./timeline-end.ts";

/** How long one watch is open, in seconds: between these, so that not all of them end at once. */
const LEAST_SECONDS = 240;
const MORE_SECONDS = 240;
/**
 * How long a watch may be silent, in milliseconds. An API server sends a bookmark each minute: what is silent for longer is
 * begun anew before its last event is too old for that.
 */
const SILENCE = 90_000;
/** How long the short watch is open that proves something, in seconds: a bookmark comes two seconds before its end. */
const SHORT_SECONDS = 3;
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
  /** Takes events that had come before, and that were read once more. */
  onRepeated: (resource: ServedResource, repeated: RepeatedEvents) => void;
  /** Called where the connection of a watch has failed. */
  onBroken: () => void;
  /** Between 0 and 1. */
  random: () => number;
}

/** All events of a range of resource versions, without bookmarks. */
export interface RepeatedEvents {
  events: readonly WatchEvent[];
  /** They are later than this resource version, */
  after: string;
  /** and not later than this one. */
  upTo: string;
}

/** How far {@link KindWatch.reach} goes. */
export interface ReachOptions {
  client: ApiClient;
  revision: string;
  /** With it, what has come after this resource version is read once more. */
  again?: string | undefined;
}

/** Follows the changes of one resource, over as many watches as it takes. */
export class KindWatch {
  readonly resource: ServedResource;
  readonly #options: KindWatchOptions;
  #seen: string;

  constructor(options: KindWatchOptions) {
    this.#options = options;
    this.resource = options.resource;
    this.#seen = options.revision;
  }

  /** Every event up to this resource version has come. */
  get seen(): string {
    return this.#seen;
  }

  /** Takes what came of a watch that began at {@link seen} or before: events that have come already are passed over. */
  take(events: readonly WatchEvent[]): void {
    const fresh = events.filter(({ revision }) => compareRevisions(revision, this.#seen) > 0);
    const last = fresh.at(-1);
    if (last === undefined) return;
    const changes = withoutBookmarks(fresh);
    if (changes.length > 0) this.#options.onEvents(this.resource, changes);
    this.#seen = last.revision;
  }

  /**
   * Watches until the signal aborts. What fails is tried again.
   *
   * @throws {RevisionCompactedError} where the API server has no events from {@link seen} on any more.
   * @throws {TimelineEnd} where the API server serves the resource no more: it may come back with other objects.
   * @throws {ApiError} where the right to watch is missing.
   */
  async run(client: ApiClient, signal: AbortSignal): Promise<never> {
    for (let failures = 0; ; ) {
      try {
        const seconds = Math.round(LEAST_SECONDS + MORE_SECONDS * this.#options.random());
        // A client that began it again would do so at the resource version of minutes ago, which may be gone.
        const options = { revision: this.#seen, seconds, retries: false, silence: SILENCE };
        for await (const events of watch(client, this.resource, options, signal)) {
          this.take(events);
          failures = 0;
        }
        // Without a pause, an API server that ends each watch at once would be asked without end.
        await sleep(FIRST_BACKOFF * this.#options.random(), signal);
      } catch (error) {
        signal.throwIfAborted();
        if (error instanceof RevisionCompactedError || !(error instanceof OperatorError)) throw error;
        if (error instanceof ApiError && error.status === 403) throw error;
        if (error instanceof ApiError && error.status === 404) throw servedNoMore(this.resource);
        this.#options.onBroken();
        failures += 1;
        await sleep(Math.min(FIRST_BACKOFF * 2 ** failures, LONGEST_BACKOFF), signal);
      }
    }
  }

  /**
   * A short watch up to a resource version, beside the long one: the API server proves with it that nothing is missing.
   *
   * @returns up to which resource version every event has come, and was read once more where that was asked for.
   * @throws as {@link run}, and {OperatorError} where the API server cannot be asked.
   */
  async reach({ client, revision, again }: ReachOptions, signal: AbortSignal): Promise<string> {
    const before = this.#seen;
    const after = again === undefined ? before : leastOf(again, before);
    const options = { revision: after, seconds: SHORT_SECONDS, retries: true };
    const repeated: WatchEvent[] = [];
    let reached = after;
    try {
      for await (const events of watch(client, this.resource, options, signal)) {
        const fresh = events.filter((each) => compareRevisions(each.revision, reached) > 0);
        repeated.push(...fresh.filter((each) => compareRevisions(each.revision, before) <= 0));
        this.take(fresh);
        reached = fresh.at(-1)?.revision ?? reached;
        if (compareRevisions(again === undefined ? this.#seen : reached, revision) >= 0) break;
      }
    } catch (error) {
      if (error instanceof ApiError && error.status === 404) throw servedNoMore(this.resource);
      throw error;
    }
    if (again === undefined) return this.#seen;
    const upTo = leastOf(reached, before);
    this.#options.onRepeated(this.resource, { events: withoutBookmarks(repeated), after, upTo });
    return reached;
  }
}

function withoutBookmarks(events: readonly WatchEvent[]): WatchEvent[] {
  return events.filter(({ type }) => type !== "BOOKMARK");
}

function leastOf(one: string, other: string): string {
  return compareRevisions(one, other) <= 0 ? one : other;
}

function servedNoMore(resource: ServedResource): TimelineEnd {
  return new TimelineEnd(`the API server serves ${resourceName(resource)} no more`, { isExpected: true });
}
