/**
 * Yields the chunks of `content` until the content ends or the signal aborts, whichever comes first. A
 * source that hangs does not block an abort.
 *
 * @throws the signal's reason once the signal aborts.
 */
export async function* untilAborted(
  content: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void, undefined> {
  signal.throwIfAborted();
  let abortNext = (_reason: unknown) => {};
  const onAbort = () => abortNext(signal.reason);
  signal.addEventListener("abort", onAbort, { once: true });
  const iterator = content[Symbol.asyncIterator]();
  let ended = false;
  try {
    for (;;) {
      // Promise.race with a single promise for the abort would retain every chunk until the end.
      const next = await new Promise<IteratorResult<Uint8Array>>((resolve, reject) => {
        abortNext = reject;
        iterator.next().then(resolve, reject);
      });
      if (next.done === true) {
        ended = true;
        return;
      }
      yield next.value;
      signal.throwIfAborted();
    }
  } finally {
    signal.removeEventListener("abort", onAbort);
    // Not awaited: return() of a hanging generator settles only after the pending next().
    if (!ended) iterator.return?.().catch(() => undefined);
  }
}
