import { type AcquireOptions, acquireLease } from "./acquire.ts";
import type { WriteGuard } from "./write-guard.ts";

/**
 * Works while this process holds a Lease, and lets go afterwards. Where Leases cannot be used, works without one.
 *
 * @param work gets a signal that aborts as well when the Lease is lost.
 * @throws {LeaseLostError} where the Lease was lost, and what `work` throws.
 */
export async function whileHolding<T>(
  options: AcquireOptions & { guard: WriteGuard },
  work: (signal: AbortSignal) => Promise<T>,
  signal: AbortSignal,
): Promise<T> {
  const { guard } = options;
  const hold = await acquireLease(options, signal);
  if (hold === undefined) return await work(signal);
  guard.add(hold);
  try {
    return await work(AbortSignal.any([signal, hold.lost]));
  } catch (error) {
    // Whatever failed, the Lease is the reason.
    if (hold.lost.aborted && !signal.aborted) throw hold.lost.reason;
    throw error;
  } finally {
    await hold.release();
    // After a loss nothing is written any more, whatever follows.
    if (!hold.lost.aborted) guard.delete(hold);
  }
}
