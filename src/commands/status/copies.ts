import { OperatorError } from "../../errors.ts";
import type { Store, StoredBackup } from "../../store/contract/store.ts";

/** How long the second store may take to answer, in milliseconds. */
const PATIENCE = 10_000;

/** What the second store holds. */
export interface Copies {
  /** Its URL. */
  store: string;
  /** The newest backup there, by its name alone; undefined where there is none. */
  newest: Pick<StoredBackup, "name" | "time"> | undefined;
  /** Why it cannot be read; undefined where it can. */
  problem: string | undefined;
}

/** Asks the second store for its newest backup. That it does not answer is part of the answer. */
export async function lookAtCopies(second: Store, signal: AbortSignal): Promise<Copies> {
  const { url: store } = second;
  const patience = AbortSignal.timeout(PATIENCE);
  try {
    const newest = await second.newest({}, AbortSignal.any([signal, patience]));
    return { store, newest, problem: undefined };
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof OperatorError) && !patience.aborted) throw error;
    const problem =
      error instanceof OperatorError ? error.message : `it has not answered in ${PATIENCE / 1_000}s`;
    return { store, newest: undefined, problem };
  }
}
