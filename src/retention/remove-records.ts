import type { OperatorError } from "../errors.ts";
import type { SidePlace } from "../store/contract/side-objects.ts";
import type { Store } from "../store/contract/store.ts";
import type { KnownNotes } from "./plan-records.ts";
import { removeEach } from "./remove-each.ts";

/** Options of {@link removeRecords}. */
export interface RemoveRecordsOptions {
  store: Pick<Store, "beside">;
  places: readonly SidePlace[];
  known: KnownNotes;
  /** Called after each removal, successful or not. */
  onEnd?: (() => void) | undefined;
}

/**
 * Removes notes and reports, and leaves what an object lock keeps: its backup may still be there beneath a delete marker.
 *
 * @returns for each undefined, or the error of the removal. Those whose removal the signal aborted are missing.
 */
export async function removeRecords(
  { store, places, known, onEnd }: RemoveRecordsOptions,
  signal: AbortSignal,
): Promise<Map<SidePlace, OperatorError | undefined>> {
  const remove = async (place: SidePlace) => {
    await store.beside.remove(place, signal, { heedLock: true });
    if (place.folder === "notes") known.delete(place.backup);
  };
  return await removeEach({ items: places, remove, onEnd }, signal);
}
