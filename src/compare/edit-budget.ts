/** The squares of edits that one object may cost: about a second. */
const SQUARES = 10_000_000;

/**
 * Bounds the time that the comparison of one object takes. The time to find out how two lists differ, be it of lines, words
 * or items, is quadratic in the number of edits, and one object may have thousands of lists. Edits rather than
 * milliseconds are counted, so that the result is the same on every machine.
 */
export class EditBudget {
  #left: number;

  /** @param squares the sum of the squares of edits. */
  constructor(squares: number = SQUARES) {
    this.#left = squares;
  }

  /**
   * Compares within the budget.
   *
   * @param limit the most edits of this comparison.
   * @param compare returns the changes, or undefined above `maxEditLength`.
   * @returns undefined where there are more edits than the limit or the budget allows.
   */
  within<Changes>(
    limit: number,
    compare: (maxEditLength: number) => Changes | undefined,
    editsOf: (changes: Changes) => number,
  ): Changes | undefined {
    const most = Math.min(limit, Math.floor(Math.sqrt(this.#left)));
    const changes = compare(most);
    const edits = changes === undefined ? most : editsOf(changes);
    this.#left = Math.max(0, this.#left - edits * edits);
    return changes;
  }
}

/** The number of edits of a diff. */
export function editsOf(changes: readonly { added: boolean; removed: boolean; count: number }[]): number {
  return changes.reduce((sum, { added, removed, count }) => sum + (added || removed ? count : 0), 0);
}
