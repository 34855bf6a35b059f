import { compareRevisions } from "../../kubernetes/revision.ts";
import type { Observation } from "./observation.ts";

/** What an observation without an object takes, in bytes. */
const OVERHEAD = 400;

/** Observations that are not stored yet. */
export class Pending {
  #observations: Observation[] = [];
  #bytes = 0;

  /** How much memory they take, in bytes, about. */
  get bytes(): number {
    return this.#bytes;
  }

  get isEmpty(): boolean {
    return this.#observations.length === 0;
  }

  add(observation: Observation): void {
    this.#observations.push(observation);
    this.#bytes += sizeOf(observation);
  }

  /** Takes those up to a resource version out, in the order of their resource versions. */
  take(revision: string): Observation[] {
    const taken: Observation[] = [];
    const left: Observation[] = [];
    for (const each of this.#observations)
      (compareRevisions(each.revision, revision) <= 0 ? taken : left).push(each);
    this.#observations = left;
    this.#bytes = left.reduce((sum, each) => sum + sizeOf(each), 0);
    return taken.sort((one, other) => compareRevisions(one.revision, other.revision));
  }
}

/** How much memory an observation takes, in bytes, about. */
export function sizeOf({ kept }: Observation): number {
  return OVERHEAD + (kept?.object.pieces.reduce((sum, { length }) => sum + length, 0) ?? 0);
}
