import type { Buffer } from "node:buffer";
import { ForeignSideObjectError, type SidePlace } from "../store/contract/side-objects.ts";
import type { Store } from "../store/contract/store.ts";
import { parseTagList, type TagList, TagListFault } from "./tag-list.ts";

/** The tags of a backup that were set later, as they lie in the store, or why there are none that can be read. */
export type TagListReading =
  | { state: "read"; list: TagList; signature: string | undefined }
  | { state: "none" }
  | { state: "unreadable"; reason: string };

/** The place of the tags of a backup that are set later. */
export function tagsPlace(backup: string): SidePlace {
  return { folder: "tags", backup, suffix: "json" };
}

/**
 * Reads the tags of a backup that were set later. Nothing is said of who set them.
 *
 * @throws {OperatorError} where the store cannot be read: that is never "no tags".
 */
export async function readTagList(
  { beside }: Pick<Store, "beside">,
  backup: string,
  signal: AbortSignal,
): Promise<TagListReading> {
  try {
    const bytes = await beside.read(tagsPlace(backup), signal);
    return bytes === undefined ? { state: "none" } : tagListOfBytes(bytes);
  } catch (error) {
    if (error instanceof ForeignSideObjectError) return { state: "unreadable", reason: error.reason };
    throw error;
  }
}

/** The same of the bytes. */
export function tagListOfBytes(bytes: Buffer): TagListReading {
  try {
    return { state: "read", ...parseTagList(bytes) };
  } catch (error) {
    if (error instanceof TagListFault) return { state: "unreadable", reason: error.message };
    throw error;
  }
}
