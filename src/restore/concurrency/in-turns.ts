import { ALL_BEFORE } from "./concurrently.ts";

/**
 * Reads the items of several sources in turns: all items of a turn end before an item of a later turn begins.
 * A source is read again for each later turn that the source has items of.
 *
 * @param turnOf the turn of an item, from 0 on.
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
