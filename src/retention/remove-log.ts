import type { PlannedSegment } from "../change-log/replay/plan-moment.ts";
import type { OperatorError } from "../errors.ts";
import type { Segments } from "../store/contract/segments.ts";
import { fileOf } from "./log/whole-files.ts";
import { removeEach } from "./remove-each.ts";

/**
 * Removes segments of the change log, all of each file, and leaves what an object lock keeps.
 *
 * @returns for each undefined, or the error of the removal. Those whose removal the signal aborted are missing.
 */
export async function removeLog(
  {
    segments,
    removed,
    onEnd,
  }: {
    segments: Segments;
    removed: readonly PlannedSegment[];
    onEnd?: ((segments: number) => void) | undefined;
  },
  signal: AbortSignal,
): Promise<Map<PlannedSegment, OperatorError | undefined>> {
  const files = [...Map.groupBy(removed, fileOf).values()];
  const remove = async (file: readonly PlannedSegment[], signal: AbortSignal) => {
    const [first] = file;
    try {
      if (first !== undefined) await segments.remove(first.packed?.pack ?? first.place, signal);
    } finally {
      onEnd?.(file.length);
    }
  };
  const ended = await removeEach({ items: files, remove }, signal);
  return new Map([...ended].flatMap(([file, error]) => file.map((segment) => [segment, error] as const)));
}
