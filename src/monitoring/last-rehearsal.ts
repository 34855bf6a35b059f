import * as z from "zod";
import type { SidePlace } from "../store/contract/side-objects.ts";
import type { Store } from "../store/contract/store.ts";
import { FAR_FUTURE } from "../time/far-future.ts";

/** What of a report counts here. */
const REPORT = z.object({ time: z.iso.datetime(), summary: z.object({ refused: z.number().int().min(0) }) });

const SUFFIX = /^rehearsal-\d{8}T\d{6}Z$/;

/**
 * The last rehearsal of which the store has a report; undefined where it has none, and where reports may not be read.
 */
export async function findLastRehearsal(
  { beside }: Pick<Store, "beside">,
  signal: AbortSignal,
): Promise<{ time: Date; refused: number } | undefined> {
  try {
    let last: SidePlace | undefined;
    for await (const { place } of beside.listBefore("reports", FAR_FUTURE, signal)) {
      if (!SUFFIX.test(place.suffix)) continue;
      // The time of the rehearsal is in the name, in the order of its digits.
      if (last === undefined || place.suffix > last.suffix) last = place;
    }
    const bytes = last && (await beside.read(last, signal));
    if (bytes === undefined) return undefined;
    const { time, summary } = REPORT.parse(JSON.parse(bytes.toString()));
    return { time: new Date(time), refused: summary.refused };
  } catch {
    signal.throwIfAborted();
    return undefined;
  }
}
