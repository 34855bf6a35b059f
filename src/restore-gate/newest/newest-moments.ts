import { parseTimeline, stampOf } from "../../change-log/format/segment-name.ts";
import { listSegments } from "../../change-log/replay/list-segments.ts";
import type { PlannedSegment } from "../../change-log/replay/plan-moment.ts";
import { readSegment } from "../../change-log/replay/read-segments.ts";
import { SegmentReader } from "../../change-log/replay/segment-reader.ts";
import type { Store } from "../../store/contract/store.ts";
import { UnbelievedError } from "../../trust/unbelieved-error.ts";

/** Timelines of one cluster that are looked at, the latest first: an earlier one has ended long ago. */
const LOOKED_AT = 20;
/** Segments at the end of a timeline that are passed over, at most. */
const MOST_PASSED_OVER = 100;

/** The newest certain moment that a cluster has recorded. */
interface NewestMoment {
  timeline: string;
  time: Date;
  revision: string;
  /** The uid of the cluster's kube-system. */
  cluster: string;
  /** The backup that it starts from, and the segment that ends there. */
  backup: string;
  base: PlannedSegment;
}

/** What does not count, and why. */
export interface PassedOverTimeline {
  timeline: string;
  reason: string;
}

/** Options of {@link findNewestMoments}. */
export interface NewestMomentsOptions {
  store: Store;
  /** Only timelines that reach this time. */
  from: Date;
  /** Whether only what is encrypted counts. */
  encryptedOnly: boolean;
  onProgress?: (() => void) | undefined;
}

/** What there is of the change logs in a store. */
export interface NewestMoments {
  /** One of each cluster that recorded. */
  moments: NewestMoment[];
  passedOver: PassedOverTimeline[];
}

/**
 * Finds the newest certain moment of each cluster whose change log reaches a time. What nobody in ALLOWED_SIGNERS has
 * signed, and what is in plain where it must not be, is passed over.
 *
 * @throws {OperatorError} where the store, or a segment, cannot be read.
 */
export async function findNewestMoments(
  options: NewestMomentsOptions,
  signal: AbortSignal,
): Promise<NewestMoments> {
  const { segments } = options.store;
  const byCluster = new Map<string, string[]>();
  for await (const timeline of segments.timelines(signal)) {
    const cluster = parseTimeline(timeline)?.cluster;
    if (cluster !== undefined) byCluster.set(cluster, [timeline, ...(byCluster.get(cluster) ?? [])]);
  }
  const found: NewestMoments = { moments: [], passedOver: [] };
  for (const latestFirst of byCluster.values()) {
    for (const timeline of latestFirst.slice(0, LOOKED_AT)) {
      options.onProgress?.();
      const ending = await endOf(timeline, options, signal);
      if (ending === undefined) continue;
      if ("reason" in ending) found.passedOver.push(ending);
      else {
        found.moments.push(ending);
        break;
      }
    }
  }
  return found;
}

/** The end of a timeline; undefined where it ended before. */
async function endOf(
  timeline: string,
  { store, from, encryptedOnly }: NewestMomentsOptions,
  signal: AbortSignal,
): Promise<NewestMoment | PassedOverTimeline | undefined> {
  const reader = new SegmentReader(store);
  const list = (after?: string) => listSegments(reader, { timeline, after }, signal);
  let segments = await list(stampOf(new Date(from.getTime() - 1)));
  if (segments.length === 0) return undefined;
  const end = await believedEnd(segments, { reader, encryptedOnly }, signal);
  if ("reason" in end) return { timeline, reason: end.reason };
  const { last } = end;
  for (const isAll of [false, true]) {
    if (isAll) segments = await list();
    const upTo = segments.slice(0, segments.findIndex(({ number }) => number === last.number) + 1);
    for (const base of upTo.filter(({ isBase }) => isBase).reverse()) {
      const { header } = await readSegment(reader, base, signal);
      if (header.base === undefined || !(await store.has(header.base, signal))) continue;
      const { until: time, revision } = last;
      return { timeline, time, revision, cluster: header.cluster, backup: header.base, base };
    }
  }
  return { timeline, reason: "no backup is left that it could start from" };
}

/** Goes back over what is appended to a timeline and does not count. */
async function believedEnd(
  segments: readonly PlannedSegment[],
  { reader, encryptedOnly }: { reader: SegmentReader; encryptedOnly: boolean },
  signal: AbortSignal,
): Promise<{ last: PlannedSegment } | { reason: string }> {
  let reason = "";
  for (const last of segments.toReversed().slice(0, MOST_PASSED_OVER)) {
    if (encryptedOnly && !last.isEncrypted) {
      reason = "it is not encrypted";
      continue;
    }
    try {
      await readSegment(reader, last, signal);
      return { last };
    } catch (error) {
      if (!(error instanceof UnbelievedError)) throw error;
      reason = error.message;
    }
  }
  return { reason };
}
