import { nearestFirst } from "../../words/did-you-mean.ts";
import { BACKUP_NAME_PREFIX, backupNameOfFile } from "../contract/backup-name.ts";
import { SIDE_FOLDERS } from "../contract/side-objects.ts";
import { MAX_PLACES } from "../contract/store.ts";
import { placeUrl, type S3Access } from "./s3-access.ts";
import { type ListPage, listPage } from "./s3-listing.ts";

/**
 * Ends the group of all backups of one place: one listing of a bucket shows every prefix that holds some, however many
 * they hold and however deep they lie.
 */
const DELIMITER = `/${BACKUP_NAME_PREFIX}`;

/**
 * The URLs of places with backups beside a place or below it, as one listing of its parent shows them; the most similar
 * first. A listing that is refused shows none: a key may be allowed to list its own prefix alone.
 */
export async function placesBeside(access: S3Access, signal: AbortSignal): Promise<string[]> {
  const parent = parentOf(access.keyPrefix);
  try {
    const page = await listPage(access, { prefix: parent, delimiter: DELIMITER }, signal);
    const urls = [...prefixesOf(page)]
      .filter((prefix) => prefix !== access.keyPrefix)
      .map((prefix) => [placeUrl(access, prefix), prefix] as const);
    const byUrl = new Map(urls);
    const found: string[] = [];
    for (const url of nearestFirst(access.url, [...byUrl.keys()]).slice(0, 2 * MAX_PLACES)) {
      if (await holdsBackups(access, byUrl.get(url) ?? "", signal)) found.push(url);
      if (found.length === MAX_PLACES) break;
    }
    return found;
  } catch (error) {
    signal.throwIfAborted();
    access.log.debug({ reason: String(error) }, "Whether there are backups beside the place is not known");
    return [];
  }
}

/** `clusters/` of `clusters/blue/`, and the top of the bucket of `blue/`. */
function parentOf(keyPrefix: string): string {
  return keyPrefix.slice(0, keyPrefix.lastIndexOf("/", keyPrefix.length - 2) + 1);
}

/** The prefixes that have something that is named as a backup is. */
function prefixesOf({ groups, objects }: ListPage): Set<string> {
  const prefixes = new Set<string>();
  for (const group of groups) {
    if (group.endsWith(DELIMITER) && !isOfStore(group))
      prefixes.add(group.slice(0, -BACKUP_NAME_PREFIX.length));
  }
  // Objects of the parent itself, and, of a server that groups by no such text, all others.
  for (const { key } of objects) {
    const end = key.lastIndexOf("/") + 1;
    if (backupNameOfFile(key.slice(end)) !== undefined) prefixes.add(key.slice(0, end));
  }
  return prefixes;
}

/** Whether the group is of the small objects beside the backups of a place, and no place itself. */
function isOfStore(group: string): boolean {
  return SIDE_FOLDERS.some((folder) => `/${group}`.endsWith(`/${folder}${DELIMITER}`));
}

/** What begins as a backup's name does may be something else. */
async function holdsBackups(access: S3Access, prefix: string, signal: AbortSignal): Promise<boolean> {
  const { objects } = await listPage(access, { prefix: prefix + BACKUP_NAME_PREFIX }, signal);
  return objects.some(({ key }) => backupNameOfFile(key.slice(prefix.length)) !== undefined);
}
