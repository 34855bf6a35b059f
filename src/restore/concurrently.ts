/** How many requests may be in flight; asked before each, since it can change meanwhile. */
export interface InFlight {
  readonly limit: number;
}

/** Among the items: what is under way is done with before the next is begun. */
export const ALL_BEFORE = Symbol("all before");

/**
 * Runs `work` on each item, a bounded number at a time, taking items only as fast as they are worked
 * on. The first failure, of the work or of the items, ends it: no further item is begun, those under
 * way are waited for.
 *
 * Every object of a restore passes here: a queue of a library took as much of the processor as a tenth of
 * the requests.
 */
export async function concurrently<T>(
  items: AsyncIterable<T | typeof ALL_BEFORE>,
  inFlight: InFlight,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const failures: unknown[] = [];
  let underWay = 0;
  let oneEnded = () => {};
  const begin = async (item: T) => {
    underWay += 1;
    try {
      await work(item);
    } catch (error) {
      failures.push(error);
    }
    underWay -= 1;
    oneEnded();
  };
  const untilBelow = async (limit: () => number) => {
    while (underWay >= limit()) {
      const { promise, resolve } = Promise.withResolvers<void>();
      oneEnded = resolve;
      await promise;
    }
  };
  try {
    for await (const item of items) {
      await untilBelow(() => (item === ALL_BEFORE ? 1 : inFlight.limit));
      if (failures.length > 0) break;
      if (item !== ALL_BEFORE) void begin(item);
    }
  } catch (error) {
    failures.push(error);
  }
  await untilBelow(() => 1);
  if (failures.length > 0) throw failures[0];
}
