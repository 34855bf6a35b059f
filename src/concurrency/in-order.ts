import PQueue from "p-queue";

/**
 * Maps items several at once, and yields the results in the order of the items. Reads ahead of its reader by twice as many
 * items as are worked on.
 */
export async function* inOrder<Item, Result>(
  items: AsyncIterable<Item> | Iterable<Item>,
  concurrency: number,
  map: (item: Item) => Promise<Result>,
): AsyncGenerator<Result> {
  const queue = new PQueue({ concurrency });
  const begun: Promise<Result>[] = [];
  try {
    for await (const item of items) {
      const mapped = queue.add(() => map(item));
      // The loop below throws the error in order.
      mapped.catch(() => {});
      begun.push(mapped);
      const first = begun.length < 2 * concurrency ? undefined : begun.shift();
      if (first !== undefined) yield await first;
    }
    for (const mapped of begun) yield await mapped;
  } finally {
    queue.clear();
    await queue.onIdle();
  }
}
