import { performance } from "node:perf_hooks";
import { CONNECTIONS } from "../../cluster/requests/api-client.ts";
import type { InFlight } from "./concurrently.ts";

/**
 * Requests in flight at first, and at most. An API server on two processors is a tenth faster with 32 in flight
 * than with 8, and spends less on each; a distant API server bears more.
 */
const FIRST = 32;
const MOST = CONNECTIONS;
/** The most characters of objects in flight: each object is held several times, as text, as bytes and in the answer. */
const MOST_CHARACTERS = 4 * 2 ** 20;
/** A raise stays where it brings so many times the answers per second of before and after the raise. */
const GAIN = 1.1;
/** The least length of a measurement, in milliseconds and in answers. */
const WINDOW = 500;
const ANSWERS = 50;
/** Exponential backoff between two raises, after a raise that brought nothing, in measurements. */
const FIRST_REST = 8;
const LONGEST_REST = 64;

/** How many requests are in flight, and the state of the search for a better number. */
export interface Search {
  /** Requests in flight in this window. */
  limit: number;
  /** The number that has proven itself; the step `raised` tries more. */
  proven: number;
  step: "rest" | "before" | "raised" | "after";
  /** Windows until the next raise. */
  rest: number;
  /** Windows to rest after the next raise that brings nothing. */
  nextRest: number;
  /** Answers a second before the raise and under it. */
  before: number;
  raised: number;
}

/** What was measured in a window. */
export interface Window {
  /** Answers a second. */
  rate: number;
  /** Whether the API server answered 429. */
  pushedBack: boolean;
}

/** Where a search begins. */
export const FIRST_SEARCH: Search = {
  limit: FIRST,
  proven: FIRST,
  step: "before",
  rest: 0,
  nextRest: FIRST_REST,
  before: 0,
  raised: 0,
};

/**
 * The search after a measurement. Requests that bring no more answers only wait in the API server's queues: a
 * raise stays only where the rate under the raise is higher than before and after, since rates also differ from
 * one kind of object to the next. A rate limit (429) halves the number.
 */
export function nextSearch(search: Search, { rate, pushedBack }: Window): Search {
  const { proven, nextRest } = search;
  if (pushedBack) {
    const less = Math.max(1, Math.floor(proven / 2));
    return { ...search, limit: less, proven: less, step: "rest", rest: LONGEST_REST, nextRest: LONGEST_REST };
  }
  switch (search.step) {
    case "rest":
      return search.rest > 1 ? { ...search, rest: search.rest - 1 } : { ...search, step: "before" };
    case "before":
      if (proven >= MOST) return { ...search, step: "rest", rest: LONGEST_REST };
      return { ...search, step: "raised", before: rate, limit: more(proven) };
    case "raised":
      return { ...search, step: "after", raised: rate, limit: proven };
    case "after": {
      if (search.raised < GAIN * Math.max(search.before, rate)) {
        return { ...search, step: "rest", rest: nextRest, nextRest: Math.min(2 * nextRest, LONGEST_REST) };
      }
      const raised = more(proven);
      return { ...search, step: "before", limit: raised, proven: raised, nextRest: FIRST_REST };
    }
  }
}

function more(limit: number): number {
  return Math.min(MOST, Math.ceil(limit * 1.5));
}

/** What the API server has answered so far. */
export interface Traffic {
  readonly answers: number;
  /** Answers with the status 429. */
  readonly pushbacks: number;
}

/** Adapts the number of requests in flight to what the API server bears. */
export class AdaptiveConcurrency implements InFlight {
  /** Of objects as JSON, in characters. */
  readonly size = MOST_CHARACTERS;
  readonly #traffic: Traffic;
  readonly #now: () => number;
  #search = FIRST_SEARCH;
  #since: Traffic & { time: number };

  /**
   * @param traffic the counters of the API client.
   * @param now milliseconds of a monotonic clock.
   */
  constructor(traffic: Traffic, now: () => number = () => performance.now()) {
    this.#traffic = traffic;
    this.#now = now;
    this.#since = { ...traffic, time: now() };
  }

  get limit(): number {
    const { answers, pushbacks } = this.#traffic;
    const time = this.#now();
    const answered = answers - this.#since.answers;
    const passed = time - this.#since.time;
    const pushedBack = pushbacks > this.#since.pushbacks;
    // One wave of 429s counts once.
    if (passed >= WINDOW && (pushedBack || answered >= ANSWERS)) {
      this.#search = nextSearch(this.#search, { rate: (answered / passed) * 1000, pushedBack });
      this.#since = { answers, pushbacks, time };
    }
    return this.#search.limit;
  }
}
