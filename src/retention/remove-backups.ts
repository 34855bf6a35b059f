import type { OperatorError } from "../errors.ts";
import type { Store, StoredBackup } from "../store/contract/store.ts";
import { tagsPlace } from "../tags/read-tag-list.ts";
import type { TagSource } from "./keep-tags.ts";
import { removeEach } from "./remove-each.ts";
import { TaggedError } from "./tagged-error.ts";

/** Options of {@link removeBackups}. */
export interface RemoveBackupsOptions {
  store: Store;
  /** Removed in this order, and only these bytes where the listing has their etags. */
  backups: readonly StoredBackup[];
  tags: TagSource;
  /** The reasons for which tags keep a backup; none do by default. */
  keptBy?: ((tags: readonly string[]) => string[]) | undefined;
  /** Whether everything that is stored under their names goes, hidden or not, and not only what is visible. */
  allVersions?: boolean | undefined;
  /** Called for each backup whose bytes stay beneath a delete marker. */
  onHidden?: ((name: string) => void) | undefined;
  /** Called after each removal, successful or not. */
  onEnd?: () => void;
}

/**
 * Removes backups, with the tags that were set later. A removal that fails does not stop the other removals.
 *
 * Tags are asked for once more before: a plan takes minutes where archives are checked, and who was told meanwhile that a
 * backup is tagged must not lose it.
 *
 * @returns for each name undefined, or the error of the removal, in the order of the backups. Names whose removal the signal
 * aborted are missing: the caller checks the signal after reporting the other names.
 * @throws {OperatorError} where the tags cannot be read; nothing is removed then.
 */
export async function removeBackups(
  { store, backups, tags, keptBy, allVersions, onHidden, onEnd }: RemoveBackupsOptions,
  signal: AbortSignal,
): Promise<Map<string, OperatorError | undefined>> {
  if (backups.length === 0) return new Map();
  const tagged = await tags.tagged(signal);
  const later = keptBy && (await tags.laterOf(backups, tagged, signal));
  const ended = await removeEach(
    {
      items: backups,
      remove: async ({ name, etag, form: listed }) => {
        const reasons = keptBy?.(later?.get(name) ?? []) ?? [];
        if (reasons.length > 0) throw new TaggedError(name, reasons);
        const form = listed === "both" ? undefined : listed;
        if (allVersions === true) await store.removeVersions(name, signal, { form });
        else if ((await store.remove(name, signal, { etag, form })) === "hidden") onHidden?.(name);
        // After it: a backup whose removal fails keeps its tags.
        if (tagged.has(name)) await store.beside.remove(tagsPlace(name), signal);
      },
      onEnd,
    },
    signal,
  );
  const removed = backups.filter((backup) => ended.has(backup));
  return new Map(removed.map((backup) => [backup.name, ended.get(backup)]));
}
