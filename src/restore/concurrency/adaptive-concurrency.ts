import { performance } from "node:perf_hooks";
import { CONNECTIONS } from "../../cluster/requests/api-client.ts";
import type { InFlight } from "./concurrently.ts";

/**
 * Requests in flight to begin with, and the most. An API server on two processors takes 32 in flight a tenth
 * faster than 8, with less work for each; one that is far away bears more.
 */
const FIRST = 32;
const MOST = CONNECTIONS;
/** The most of objects in flight, in characters: each is held several times, as text, as bytes and in the answer. */
const MOST_CHARACTERS = 4 * 2 ** 20;
/** A raise must bring this much more answers a second, compared with before and after it. */
const GAIN = 1.1;
/** What is measured at a time: at least so many milliseconds, and so many answers. */
const WINDOW = 500;
const ANSWERS = 50;
/** Windows between a raise that brought nothing and the next: doubled each time, up to the most. */
const FIRST_REST = 8;
const LONGEST_REST = 64;

/** How many requests are in flight, and what is being found out about that number. */
export interface Search {
  /** Requests in flight in this window. */
  limit: number;
  /** The number that has proved itself; in `raised` more are tried. */
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
  /** Whether the API server asked to be gentler. */
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
 * What to do after a window. More requests in flight that bring no more answers only wait in the API server's
 * queues, so that a raise stays where it is faster than before and after it: rates differ also from one kind
 * of object to the next. Where the API server pushes back, the number is halved.
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
  /** Answers that ask to be gentler. */
  readonly pushbacks: number;
}

/** Adapts the number of requests in flight to what the API server bears, while they are sent. */
export class AdaptiveInFlight implements InFlight {
  /** Of objects as text, in characters. */
  readonly size = MOST_CHARACTERS;
  readonly #traffic: Traffic;
  readonly #now: () => number;
  #search = FIRST_SEARCH;
  #since: Traffic & { time: number };

  /**
   * @param traffic counted on by whoever sends.
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
    // One wave of refusals is one push.
    if (passed >= WINDOW && (pushedBack || answered >= ANSWERS)) {
      this.#search = nextSearch(this.#search, { rate: (answered / passed) * 1000, pushedBack });
      this.#since = { answers, pushbacks, time };
    }
    return this.#search.limit;
  }
}
