import { inOrder } from "../../concurrency/in-order.ts";
import { OperatorError } from "../../errors.ts";
import { compareRevisions } from "../../kubernetes/revision.ts";
import type { Store } from "../../store/contract/store.ts";
import { parseTimeline } from "../format/segment-name.ts";
import { logFileOf } from "./plan-files.ts";
import { SegmentReader } from "./segment-reader.ts";
import { firstBase } from "./timeline-range.ts";

/** Timelines that are looked at, the latest. */
const LOOKED_AT = 100;
const CONCURRENCY = 8;

/**
 * The timeline of a change log that has a resource version.
 *
 * @throws {OperatorError} where none has it, with the nearest; or where several have, as after a restore of etcd.
 */
export async function findRevision(
  { store, revision }: { store: Pick<Store, "segments" | "url">; revision: string },
  signal: AbortSignal,
): Promise<string> {
  const all = await Array.fromAsync(store.segments.timelines(signal));
  const latest = all.filter((each) => parseTimeline(each) !== undefined).slice(-LOOKED_AT);
  const having: string[] = [];
  const near: { below?: string | undefined; above?: string | undefined } = {};
  const reader = new SegmentReader(store);
  const looks = inOrder(latest, CONCURRENCY, (timeline) => look(reader, { timeline, revision }, signal));
  let index = 0;
  for await (const { has, first, last } of looks) {
    const timeline = latest[index++] as string;
    if (has) having.push(timeline);
    if (last !== undefined && compareRevisions(last, revision) < 0) near.below = later(near.below, last);
    if (first !== undefined && compareRevisions(first, revision) > 0) near.above = earlier(near.above, first);
  }
  const [timeline, other] = having;
  const task = `Cannot open the revision ${revision}`;
  if (timeline === undefined) {
    const nearest = [near.below, near.above].filter((each) => each !== undefined);
    throw new OperatorError(`${task}: the change log in ${store.url} does not have it`, {
      advice:
        nearest.length === 0
          ? "Without a change log, backups are all that can be read: kube-backup list shows them"
          : `The nearest ${nearest.length === 1 ? "is" : "are"} ${nearest.join(" and ")}`,
    });
  }
  if (other !== undefined) {
    throw new OperatorError(`${task}: ${having.length} timelines of the change log in ${store.url} have it`, {
      advice: `Say which: --timeline ${having.slice(-3).join(" or ")}`,
    });
  }
  return timeline;
}

/** Where a timeline begins, and whether it reaches a resource version. */
async function look(
  reader: SegmentReader,
  { timeline, revision }: { timeline: string; revision: string },
  signal: AbortSignal,
): Promise<{ has: boolean; first: string | undefined; last: string | undefined }> {
  const first = (await firstBase(reader, { timeline }, signal))?.revision;
  if (first === undefined) return { has: false, first, last: undefined };
  let last = first;
  for await (const listed of reader.segments.list(timeline, {}, signal)) {
    const file = logFileOf(listed);
    if (file === undefined) continue;
    last = "segment" in file.is ? file.is.segment.revision : file.is.pack.revision;
    // One that begins beyond it is not listed any further.
    if (compareRevisions(last, revision) >= 0) break;
  }
  const has = compareRevisions(first, revision) <= 0 && compareRevisions(last, revision) >= 0;
  return { has, first, last };
}

function later(one: string | undefined, other: string): string {
  return one === undefined || compareRevisions(one, other) < 0 ? other : one;
}

function earlier(one: string | undefined, other: string): string {
  return one === undefined || compareRevisions(one, other) > 0 ? other : one;
}
