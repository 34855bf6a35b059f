import { parsePackName } from "../../change-log/format/pack-name.ts";
import type { PlannedSegment } from "../../change-log/replay/plan-moment.ts";

/** The segments that can be removed of those that nothing needs: a pack stays for as long as one of its segments is needed. */
export function wholeFiles(unneeded: readonly PlannedSegment[]): PlannedSegment[] {
  return [...Map.groupBy(unneeded, fileOf).values()].flatMap((segments) => {
    const pack = segments[0]?.packed?.pack;
    const isWhole = pack === undefined || parsePackName(pack.file)?.count === segments.length;
    return isWhole ? segments : [];
  });
}

/** The file that a segment is in, with its timeline. */
export function fileOf({ place, packed }: PlannedSegment): string {
  const { timeline, file } = packed?.pack ?? place;
  return `${timeline}/${file}`;
}
