import PQueue from "p-queue";
import { OperatorError } from "../errors.ts";

/** Maximum number of removals in flight. */
const CONCURRENCY = 4;

/** Options of {@link removeEach}. */
export interface RemoveEachOptions<Item> {
  /** Removed in this order. */
  items: readonly Item[];
  remove: (item: Item, signal: AbortSignal) => Promise<void>;
  /** Called after each removal, successful or not. */
  onEnd?: (() => void) | undefined;
}

/**
 * Removes items. A removal that fails does not stop the other removals.
 *
 * @returns for each item undefined, or the error of the removal. Items whose removal the signal aborted are missing: the
 * caller checks the signal after reporting the other items.
 */
export async function removeEach<Item>(
  { items, remove, onEnd }: RemoveEachOptions<Item>,
  signal: AbortSignal,
): Promise<Map<Item, OperatorError | undefined>> {
  const ended = new Map<Item, OperatorError | undefined>();
  const defects: unknown[] = [];
  const removeOne = async (item: Item) => {
    if (signal.aborted || defects.length > 0) return;
    try {
      await remove(item, signal);
      ended.set(item, undefined);
    } catch (error) {
      if (error instanceof OperatorError) ended.set(item, error);
      else if (!signal.aborted) defects.push(error);
    }
    onEnd?.();
  };
  await new PQueue({ concurrency: CONCURRENCY }).addAll(items.map((item) => () => removeOne(item)));
  if (defects.length > 0) throw defects[0];
  return ended;
}
