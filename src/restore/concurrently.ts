import PQueue from "p-queue";

/**
 * Runs `work` on each item, a bounded number at a time, taking items only as fast as they are worked
 * on. The first failure, of the work or of the items, ends it: no further item is begun, those under
 * way are waited for.
 */
export async function concurrently<T>(
  items: AsyncIterable<T>,
  concurrency: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const queue = new PQueue({ concurrency });
  const failures: unknown[] = [];
  try {
    for await (const item of items) {
      await queue.onSizeLessThan(concurrency);
      if (failures.length > 0) break;
      void queue.add(async () => {
        try {
          if (failures.length === 0) await work(item);
        } catch (error) {
          failures.push(error);
        }
      });
    }
  } catch (error) {
    failures.push(error);
  }
  await queue.onIdle();
  if (failures.length > 0) throw failures[0];
}
