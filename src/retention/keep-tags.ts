/** Which tags keep a backup, without I/O. */

import type { StoredBackup } from "../store/contract/store.ts";

/** The tag whose backups stay whatever the rules say. */
export const KEEP = "keep";

/** The beginning of the reason of what a tag keeps. */
export const BY_TAG = "tag ";

/** Where the tags of backups are found out. */
export interface TagSource {
  /** The names of the backups that may have tags that were set later. */
  tagged(signal: AbortSignal): Promise<ReadonlySet<string>>;
  /** The tags of these that were set later, by name. */
  laterOf(
    backups: readonly StoredBackup[],
    tagged: ReadonlySet<string>,
    signal: AbortSignal,
  ): Promise<ReadonlyMap<string, readonly string[]>>;
  /** The tags that a backup was given when it was taken, without its archive being opened. */
  givenByNote(backup: StoredBackup, signal: AbortSignal): Promise<readonly string[]>;
}

/** The reasons for which a backup stays by its tags: `tag before-upgrade`. */
export function tagReasons(tags: readonly string[], keepTags: readonly string[] = []): string[] {
  const keeping = new Set([KEEP, ...keepTags]);
  return [...new Set(tags)]
    .filter((tag) => keeping.has(tag))
    .sort()
    .map((tag) => BY_TAG + tag);
}

/** Whether a reason is that of a tag, and of no rule. */
export function isTagReason(reason: string): boolean {
  return reason.startsWith(BY_TAG);
}
