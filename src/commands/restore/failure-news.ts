import { type Failure, groupFailures } from "../../restore/report/failure-groups.ts";

/** So many reasons are told as they come; all are in the report. */
const TOLD = 10;

/** Tells of failures as they come: of the first of each kind and reason, since a thousand may have one reason. */
export class FailureNews {
  readonly #seen = new Set<string>();

  /** A sentence on a failure that is news; undefined otherwise. */
  add(failure: Failure): string | undefined {
    if (this.#seen.size >= TOLD) return undefined;
    // Two of a kind whose names are all that differs are one group.
    const [group] = groupFailures([failure]);
    if (group === undefined || this.#seen.has(group.id)) return undefined;
    this.#seen.add(group.id);
    return `${failure.kind} ${group.names[0]} failed: ${group.reason}`;
  }
}
