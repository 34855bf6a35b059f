import type { OperatorError } from "../errors.ts";
import type { Store, StoredBackup } from "../store/contract/store.ts";
import { removeEach } from "./remove-each.ts";

/** Which bytes are removed. */
type Removed = Pick<StoredBackup, "name" | "etag" | "form">;

/** Options of {@link removeBackups}. */
export interface RemoveBackupsOptions {
  store: Store;
  /** Removed in this order, and only these bytes where the listing has their etags. */
  backups: readonly Removed[];
  /** Whether everything that is stored under their names goes, hidden or not, and not only what is visible. */
  allVersions?: boolean | undefined;
  /** Called for each backup whose bytes stay beneath a delete marker. */
  onHidden?: ((name: string) => void) | undefined;
  /** Called after each removal, successful or not. */
  onEnd?: () => void;
}

/**
 * Removes backups. A removal that fails does not stop the other removals.
 *
 * @returns for each name undefined, or the error of the removal. Names whose removal the signal aborted
 * are missing: the caller checks the signal after reporting the other names.
 */
export async function removeBackups(
  { store, backups, allVersions, onHidden, onEnd }: RemoveBackupsOptions,
  signal: AbortSignal,
): Promise<Map<string, OperatorError | undefined>> {
  const ended = await removeEach(
    {
      items: backups,
      remove: async ({ name, etag, form: listed }) => {
        const form = listed === "both" ? undefined : listed;
        if (allVersions === true) await store.removeVersions(name, signal, { form });
        else if ((await store.remove(name, signal, { etag, form })) === "hidden") onHidden?.(name);
      },
      onEnd,
    },
    signal,
  );
  return new Map([...ended].map(([{ name }, error]) => [name, error]));
}
