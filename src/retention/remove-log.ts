import type { PlannedSegment } from "../change-log/replay/plan-moment.ts";
import type { OperatorError } from "../errors.ts";
import type { Segments } from "../store/contract/segments.ts";
import { removeEach } from "./remove-each.ts";

/**
 * Removes segments of the change log, and leaves what an object lock keeps.
 *
 * @returns for each undefined, or the error of the removal. Those whose removal the signal aborted are missing.
 */
export async function removeLog(
  {
    segments,
    removed,
    onEnd,
  }: { segments: Segments; removed: readonly PlannedSegment[]; onEnd?: (() => void) | undefined },
  signal: AbortSignal,
): Promise<Map<PlannedSegment, OperatorError | undefined>> {
  const remove = ({ place }: PlannedSegment, signal: AbortSignal) => segments.remove(place, signal);
  return await removeEach({ items: removed, remove, onEnd }, signal);
}
