import type { Segments } from "../../store/contract/segments.ts";
import { parseTimeline, stampOf } from "../format/segment-name.ts";
import { hasSegmentAfter } from "../replay/list-segments.ts";

/** How many timelines are looked at, the latest first: earlier ones have mostly ended long ago. */
const LOOKED_AT = 20;

/** Whose neighbors to look for. */
interface BesideOptions {
  segments: Segments;
  /** The timeline of this process. */
  name: string;
  /** Timelines that are passed over. */
  known: ReadonlySet<string>;
}

/** The timelines that are written at the same time as this one: they go on after its beginning. */
export async function timelinesBeside(
  { segments, name, known }: BesideOptions,
  signal: AbortSignal,
): Promise<string[]> {
  const began = parseTimeline(name)?.began;
  if (began === undefined) return [];
  const all = await Array.fromAsync(segments.timelines(signal));
  const beside: string[] = [];
  for (const timeline of all.slice(-LOOKED_AT).filter((each) => !known.has(each))) {
    if (await hasSegmentAfter(segments, { timeline, after: `${stampOf(began)}~` }, signal))
      beside.push(timeline);
  }
  return beside;
}
