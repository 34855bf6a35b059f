import type { Segments } from "../../store/contract/segments.ts";
import { stampOf } from "../format/segment-name.ts";
import { type LogFile, logFileOf } from "./plan-files.ts";

/** How far back the last file is looked for at first, and how many times farther with each listing. */
const FIRST = 5 * 60_000;
const WIDER = 12;

/**
 * The last file of a timeline, with a few listings from the end back: a listing of all of it may take hundreds of requests.
 *
 * @param began when the timeline began.
 * @param end when it had ended, as far as anybody knows; it may be later.
 */
export async function lastFile(
  segments: Segments,
  { timeline, began, end }: { timeline: string; began: Date; end: Date },
  signal: AbortSignal,
): Promise<LogFile | undefined> {
  for (let width = FIRST; ; width *= WIDER) {
    const from = end.getTime() - width;
    const isAll = from <= began.getTime();
    const after = isAll ? undefined : stampOf(new Date(from));
    let last: LogFile | undefined;
    for await (const listed of segments.list(timeline, { after }, signal)) last = logFileOf(listed) ?? last;
    if (last !== undefined || isAll) return last;
  }
}
