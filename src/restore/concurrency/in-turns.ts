import { ALL_BEFORE } from "./concurrently.ts";

/**
 * Reads items of several sources by turns: all of an earlier turn are done with before one of a later turn is
 * begun. Sources are read again for a later turn, those only that have items of it.
 *
 * @param turnOf a number from 0 on.
 */
export async function* inTurns<S, T>(
  sources: Iterable<S>,
  read: (source: S) => AsyncIterable<T>,
  turnOf: (item: T) => number,
): AsyncGenerator<T | typeof ALL_BEFORE> {
  const later = new Map<number, Set<S>>();
  for (const source of sources) {
    for await (const item of read(source)) {
      const turn = turnOf(item);
      if (turn === 0) yield item;
      else later.set(turn, (later.get(turn) ?? new Set()).add(source));
    }
  }
  for (const [turn, found] of [...later].sort(([left], [right]) => left - right)) {
    yield ALL_BEFORE;
    for (const source of found) {
      for await (const item of read(source)) if (turnOf(item) === turn) yield item;
    }
  }
}
