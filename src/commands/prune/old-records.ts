/** What `kube-backup prune` does with notes, reports and tags whose backups are gone for long enough. */

import { OperatorError, PartialError } from "../../errors.ts";
import type { KnownNotes } from "../../retention/plan-records.ts";
import { keepReportsOf } from "../../settings/retention.ts";
import type { Settings } from "../../settings/settings.ts";
import type { SidePlace } from "../../store/contract/side-objects.ts";
import type { Store } from "../../store/contract/store.ts";
import type { Progress } from "../../terminal/progress/progress.ts";

/** Notes, reports and tags that are to be removed. */
export interface RecordsPlan {
  places: readonly SidePlace[];
  known: KnownNotes;
  /** Why nobody can say which; backups are pruned all the same. */
  failure: OperatorError | undefined;
}

/** Nothing to remove. */
export const NO_RECORDS: RecordsPlan = { places: [], known: new Map(), failure: undefined };

/**
 * Plans which notes, reports and tags to remove.
 *
 * @param there names of backups that the store holds.
 */
export async function planOldRecords(
  {
    settings,
    store,
    now,
    there,
  }: { settings: Pick<Settings, "keepReports">; store: Store; now: Date; there: Iterable<string> },
  signal: AbortSignal,
): Promise<RecordsPlan> {
  const keep = keepReportsOf(settings);
  const [{ planRecords }, { withAll }] = await Promise.all([
    import("../../retention/plan-records.ts"),
    import("../../trust/believed-store.ts"),
  ]);
  const known: KnownNotes = new Map();
  try {
    const places = await planRecords({ store: withAll(store), keep, known, now, there }, signal);
    return { places, known, failure: undefined };
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof OperatorError)) throw error;
    return { ...NO_RECORDS, failure: error };
  }
}

/** Removes them, and gives each one's end. */
export async function removeOldRecords(
  { store, records, progress }: { store: Store; records: RecordsPlan; progress: Progress },
  signal: AbortSignal,
): Promise<Map<SidePlace, OperatorError | undefined>> {
  const { places, known } = records;
  if (places.length === 0) return new Map();
  const { removeRecords } = await import("../../retention/remove-records.ts");
  const stage = progress({ title: "Removing old notes and reports", unit: "objects", total: places.length });
  const ended = await removeRecords({ store, places, known, onEnd: () => stage.advance(1) }, signal);
  stage.end();
  return ended;
}

/** @throws {OperatorError} where nobody could say which notes and reports are old; {@link PartialError} beside backups that went. */
export function throwUnlisted({ failure }: Pick<RecordsPlan, "failure">, removed: number): void {
  if (failure === undefined) return;
  const { advice } = failure;
  const options = advice === undefined ? {} : { advice };
  if (removed === 0) throw new OperatorError(failure.message, options);
  throw new PartialError(failure.message, options);
}
