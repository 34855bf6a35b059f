import type { CoveredRange } from "../../change-log/replay/coverage.ts";
import { coveredRanges } from "../../change-log/replay/covered-ranges.ts";
import type { UiTimeline } from "../../pages/browser/ui/data.ts";
import type { Store, StoredBackup } from "../../store/contract/store.ts";
import { rfc3339 } from "../../time/rfc3339.ts";

/** Backups of one answer, the newest. */
const MOST = 5_000;

/** The backups of a store, and what its change log covers. */
export async function viewTimeline(
  { store, now, cluster }: { store: Store; now: Date; cluster: boolean },
  signal: AbortSignal,
): Promise<UiTimeline> {
  const [backups, { ranges }] = await Promise.all([
    Array.fromAsync(store.list({}, signal)),
    coveredRanges({ store, now }, signal),
  ]);
  const newest = backups.slice(-MOST).reverse();
  return {
    store: store.url,
    backups: newest.map(backupOf),
    older: backups.length - newest.length,
    ranges: ranges.map(rangeOf),
    cluster,
    now: rfc3339(now),
  };
}

function backupOf({ name, time, size }: StoredBackup): UiTimeline["backups"][number] {
  return { name, time: rfc3339(time), size };
}

function rangeOf({ from, until }: CoveredRange): UiTimeline["ranges"][number] {
  return { from: from.toISOString(), until: until.toISOString() };
}
