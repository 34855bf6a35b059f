import { compareRevisions } from "../../kubernetes/revision.ts";
import type { Observation } from "./observation.ts";

/** What an observation without an object takes, in bytes. */
const OVERHEAD = 400;

/** Observations that are not stored yet. */
export class Pending {
  /** In the order in which they came. */
  #observations: Observation[] = [];
  /** Those that may be taken out: the last one has the earliest resource version. */
  #ready: Observation[] = [];
  #bytes = 0;

  /** How much memory they take, in bytes, about. */
  get bytes(): number {
    return this.#bytes;
  }

  get isEmpty(): boolean {
    return this.#observations.length === 0 && this.#ready.length === 0;
  }

  add(observation: Observation): void {
    this.#observations.push(observation);
    this.#bytes += sizeOf(observation);
  }

  /** No more come of those up to a resource version: {@link take} may give them out. */
  complete(revision: string): void {
    const left: Observation[] = [];
    const ready: Observation[] = [];
    for (const each of this.#observations)
      (compareRevisions(each.revision, revision) <= 0 ? ready : left).push(each);
    if (ready.length === 0) return;
    this.#observations = left;
    ready.sort((one, other) => compareRevisions(other.revision, one.revision));
    this.#ready = [...ready, ...this.#ready];
  }

  /** Takes out the next one up to a resource version, of those that are complete; undefined where there is none. */
  take(revision: string): Observation | undefined {
    const next = this.#ready.at(-1);
    if (next === undefined || compareRevisions(next.revision, revision) > 0) return undefined;
    this.#ready.pop();
    this.#bytes -= sizeOf(next);
    return next;
  }

  /** Those of a resource that are later than one resource version, and not later than another one, in order. */
  between(resource: string, after: string, upTo: string): Observation[] {
    // All of one resource came in order.
    return [...this.#ready.toReversed(), ...this.#observations].filter(
      ({ key, revision }) =>
        key.startsWith(`${resource} `) &&
        compareRevisions(revision, after) > 0 &&
        compareRevisions(revision, upTo) <= 0,
    );
  }

  /** Gives the memory back of those that are not complete. A write that is under way goes on with the others. */
  dropIncomplete(): void {
    this.#observations = [];
    this.#bytes = this.#ready.reduce((sum, each) => sum + sizeOf(each), 0);
  }
}

/** How much memory an observation takes, in bytes, about. */
export function sizeOf({ kept }: Observation): number {
  return OVERHEAD + (kept?.object.pieces.reduce((sum, { length }) => sum + length, 0) ?? 0);
}
