/**
 * Passes on what `content` gives until it ends or the signal aborts, whichever comes first: a source
 * that never answers again cannot hold up an abort.
 *
 * @throws the signal's reason once it is aborted.
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
      // Not by Promise.race with one promise for the abort: that would keep every chunk until the end.
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
    // Not awaited: a generator that hangs answers return() only after what it hangs on.
    if (!ended) iterator.return?.().catch(() => undefined);
  }
}
