/** What `tag` and `untag` make of a backup's tags, without I/O. */

import { inOrderOfTags, MAX_TAGS } from "../store/contract/tag-name.ts";

/** The tags of a backup. */
export interface BackupTags {
  /** Those that were given when it was taken. Nothing takes them away. */
  given: readonly string[];
  /** Those that were set later. */
  later: readonly string[];
}

/** What is to be changed. */
export interface TagChange {
  verb: "tag" | "untag";
  tags: readonly string[];
}

/** What comes of it. */
export interface ChangedTags {
  /** The tags that are set later from now on, in their order. */
  later: string[];
  /** Whether they are others than before. */
  changed: boolean;
  /** Tags that were to be taken off and are not there. */
  absent: string[];
}

/** Why nothing comes of it. `given`: these were given when the backup was taken; `many`: so many would be set later. */
export type RefusedTags = { refused: "given"; tags: string[] } | { refused: "many"; count: number };

/** All tags of a backup, in their order. */
export function allTags({ given, later }: BackupTags): string[] {
  return inOrderOfTags([...given, ...later]);
}

/** Decides what the tags that are set later become. What a backup has of its own is not set again. */
export function changeTags(
  { given, later }: BackupTags,
  { verb, tags }: TagChange,
): ChangedTags | RefusedTags {
  if (verb === "untag") {
    const kept = inOrderOfTags(tags.filter((tag) => given.includes(tag)));
    if (kept.length > 0) return { refused: "given", tags: kept };
  }
  const becomes =
    verb === "tag"
      ? [...later, ...tags.filter((tag) => !given.includes(tag))]
      : later.filter((tag) => !tags.includes(tag));
  const ordered = inOrderOfTags(becomes);
  if (ordered.length > MAX_TAGS && ordered.length > later.length)
    return { refused: "many", count: ordered.length };
  const changed = ordered.join() !== inOrderOfTags(later).join();
  const absent = verb === "tag" ? [] : inOrderOfTags(tags.filter((tag) => !later.includes(tag)));
  return { later: ordered, changed, absent };
}
