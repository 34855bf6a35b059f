import PQueue from "p-queue";
import { OperatorError } from "../errors.ts";
import type { Store } from "../store/contract/store.ts";

/** Removals under way at a time. */
const CONCURRENCY = 4;

/** Options of {@link removeBackups}. */
export interface RemoveBackupsOptions {
  store: Store;
  /** Removed in this order. */
  names: readonly string[];
  /** Told of each that is over, done or not. */
  onEnd?: () => void;
}

/**
 * Removes backups one by one. One that cannot be removed keeps no other from it.
 *
 * @returns for each name undefined, or why it was not removed. Names are missing where the signal
 * aborted before their turn, or meanwhile: the caller looks at the signal when it has told the rest.
 */
export async function removeBackups(
  { store, names, onEnd }: RemoveBackupsOptions,
  signal: AbortSignal,
): Promise<Map<string, OperatorError | undefined>> {
  const ended = new Map<string, OperatorError | undefined>();
  const defects: unknown[] = [];
  const remove = async (name: string) => {
    if (signal.aborted || defects.length > 0) return;
    try {
      await store.remove(name, signal);
      ended.set(name, undefined);
    } catch (error) {
      if (error instanceof OperatorError) ended.set(name, error);
      else if (!signal.aborted) defects.push(error);
    }
    onEnd?.();
  };
  await new PQueue({ concurrency: CONCURRENCY }).addAll(names.map((name) => () => remove(name)));
  if (defects.length > 0) throw defects[0];
  return ended;
}
