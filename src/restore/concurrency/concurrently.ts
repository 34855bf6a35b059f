/** The limits of what is in flight; read before each item, since the limits can change. */
export interface InFlight {
  /** Requests. */
  readonly limit: number;
  /** The total size of the items; a larger item runs alone. No limit by default. */
  readonly size?: number | undefined;
}

/** A barrier among the items: all items before the barrier end before the next begins. */
export const ALL_BEFORE = Symbol("all before");

/**
 * Runs `work` on each item with bounded concurrency and backpressure: items are read only as fast as they are
 * worked on. The first failure, of the work or of the items, ends the run: no further item begins, and those
 * in flight are waited for.
 *
 * Every object of a restore passes here. The queue of a library took as much processor time as a tenth of the
 * requests.
 *
 * @throws the first failure.
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
