/** What may be in flight; asked before each request, since it can change meanwhile. */
export interface InFlight {
  /** Requests. */
  readonly limit: number;
  /** The size of them all, one that is alone aside; no limit without it. */
  readonly size?: number | undefined;
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
  sizeOf: (item: T) => number = () => 0,
): Promise<void> {
  const failures: unknown[] = [];
  let underWay = 0;
  let sizeUnderWay = 0;
  let oneEnded = () => {};
  const begin = async (item: T, size: number) => {
    underWay += 1;
    sizeUnderWay += size;
    try {
      await work(item);
    } catch (error) {
      failures.push(error);
    }
    underWay -= 1;
    sizeUnderWay -= size;
    oneEnded();
  };
  const until = async (isRoom: () => boolean) => {
    while (underWay > 0 && !isRoom()) {
      const { promise, resolve } = Promise.withResolvers<void>();
      oneEnded = resolve;
      await promise;
    }
  };
  try {
    for await (const item of items) {
      if (item === ALL_BEFORE) {
        await until(() => false);
        continue;
      }
      const size = sizeOf(item);
      await until(
        () => underWay < inFlight.limit && sizeUnderWay + size <= (inFlight.size ?? Number.POSITIVE_INFINITY),
      );
      if (failures.length > 0) break;
      void begin(item, size);
    }
  } catch (error) {
    failures.push(error);
  }
  await until(() => false);
  if (failures.length > 0) throw failures[0];
}
