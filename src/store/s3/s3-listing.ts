import { ListObjectsV2Command } from "@aws-sdk/client-s3";
import { OperatorError } from "../../errors.ts";
import { BACKUP_NAME_PREFIX, backupName, backupOfFile, backupTime } from "../contract/backup-name.ts";
import type { SearchPage } from "../contract/newest-search.ts";
import { oneOfEachName } from "../contract/one-of-each-name.ts";
import type { StoredBackup } from "../contract/store.ts";
import { listingProblem } from "./answers/listing-form.ts";
import { request, type S3Access } from "./s3-access.ts";
import { notS3 } from "./s3-errors.ts";

/** An object of a listing. */
export interface ListedObject {
  key: string;
  /** Size in bytes. */
  size: number;
  lastModified?: Date | undefined;
  /** Without quotes, which some listings leave out. */
  etag?: string | undefined;
}

/** Up to a thousand objects, in the order of their keys. */
export interface ListPage {
  objects: ListedObject[];
  /** The common prefixes of grouped keys, with the delimiter. */
  groups: string[];
  /** Requests the next page; undefined at the end. */
  more: (() => Promise<ListPage>) | undefined;
}

/** What to list. */
export interface ListRequest {
  /** The prefix of the keys. */
  prefix: string;
  /** Only keys after this key. */
  startAfter?: string | undefined;
  /** Keys that are equal up to this text after the prefix are grouped, into `groups`. */
  delimiter?: string | undefined;
  /** The most objects on a page; the limit of the server, a thousand, by default. */
  limit?: number | undefined;
}

/** Where a listing goes on. */
interface Position {
  token: string;
  /** The last key so far. */
  after: string | undefined;
}

/** Requests a page of keys. An answer that is no S3 listing of what was asked is an error, never an empty page. */
export async function listPage(
  access: S3Access,
  what: ListRequest,
  signal: AbortSignal,
  position?: Position,
): Promise<ListPage> {
  const { bucket } = access.place;
  const task = `Cannot list backups in ${access.url}`;
  const command = new ListObjectsV2Command({
    Bucket: bucket,
    Prefix: what.prefix,
    // Keys of other programs may hold characters that XML cannot.
    EncodingType: "url",
    ...(position === undefined ? { StartAfter: what.startAfter } : { ContinuationToken: position.token }),
    ...(what.delimiter === undefined ? {} : { Delimiter: what.delimiter }),
    ...(what.limit === undefined ? {} : { MaxKeys: what.limit }),
  });
  const answer = await request(access, task, signal, (options) => access.client.send(command, options));
  const decode = answer.EncodingType === "url" ? decodeKey : (key: string) => key;
  const contents = (answer.Contents ?? []).map(({ Key = "", Size, LastModified, ETag }) => ({
    key: decode(Key),
    size: Size ?? 0,
    lastModified: LastModified,
    etag: ETag?.replaceAll('"', ""),
  }));
  const groups = (answer.CommonPrefixes ?? []).map(({ Prefix = "" }) => decode(Prefix));
  const after = position === undefined ? what.startAfter : position.after;
  const problem = listingProblem(
    {
      bucket: answer.Name,
      // Not every server that encodes keys encodes this.
      prefix: answer.Prefix === what.prefix ? answer.Prefix : decode(answer.Prefix ?? ""),
      count: answer.KeyCount,
      truncated: answer.IsTruncated,
      token: answer.NextContinuationToken,
      keys: contents.map(({ key }) => key),
      groups,
    },
    { bucket, prefix: what.prefix, after, token: position?.token },
  );
  if (problem !== undefined) {
    const { reason, advice } = notS3(access.place, problem);
    throw new OperatorError(`${task}: ${reason}`, advice === undefined ? {} : { advice });
  }
  const objects = contents.flatMap((each): ListedObject[] =>
    each.key === undefined ? [] : [{ ...each, key: each.key }],
  );
  const next = answer.IsTruncated ? answer.NextContinuationToken : undefined;
  const last = objects.at(-1)?.key ?? after;
  return {
    objects,
    groups: groups.filter((group) => group !== undefined),
    more: next === undefined ? undefined : () => listPage(access, what, signal, { token: next, after: last }),
  };
}

/** A page of backups from the time `from` on. Other objects of the listing are left out. */
export async function listBackups(
  access: S3Access,
  from: Date | undefined,
  signal: AbortSignal,
): Promise<SearchPage> {
  const prefix = access.keyPrefix + BACKUP_NAME_PREFIX;
  const page = await listPage(access, { prefix, startAfter: keyBefore(access.keyPrefix, from) }, signal);
  return backupsOf(access.keyPrefix, page, from);
}

function backupsOf(keyPrefix: string, page: ListPage, from: Date | undefined): SearchPage {
  const { more } = page;
  return {
    backups: oneOfEachName(
      page.objects
        .map((object) => backupOfObject(keyPrefix, object))
        .filter((backup) => backup !== undefined)
        .filter(({ time }) => from === undefined || time >= from),
    ),
    more: more === undefined ? undefined : async () => backupsOf(keyPrefix, await more(), from),
  };
}

/**
 * The latest day with backups. The keys of a day are equal up to the "T". Not every server groups keys by other
 * delimiters than "/", so that the result may be undefined although there are backups. That is never an error.
 */
export async function latestDay(
  access: S3Access,
  range: { from: Date; until: Date },
  signal: AbortSignal,
): Promise<Date | undefined> {
  const prefix = access.keyPrefix + BACKUP_NAME_PREFIX;
  const startAfter = keyBefore(access.keyPrefix, range.from);
  try {
    const { groups, more } = await listPage(access, { prefix, startAfter, delimiter: "T" }, signal);
    // MinIO ends a page after a thousand keys, however few groups there are.
    return more === undefined ? latestDayOf(groups, prefix, range.until) : undefined;
  } catch (error) {
    signal.throwIfAborted();
    access.log.debug({ reason: String(error) }, "The S3 server does not list days");
    return undefined;
  }
}

/** The latest day, begun by `until`, of the groups: `PREFIX/backup_20260131T`. */
export function latestDayOf(groups: readonly string[], prefix: string, until: Date): Date | undefined {
  const times = groups
    .filter((group) => group.startsWith(prefix))
    .map(
      (group) =>
        backupTime(`${BACKUP_NAME_PREFIX}${group.slice(prefix.length)}000000Z`)?.getTime() ?? Number.NaN,
    )
    .filter((time) => time <= until.getTime());
  return times.length === 0 ? undefined : new Date(Math.max(...times));
}

/** The backup of an object; undefined where the object is no backup. */
export function backupOfObject(keyPrefix: string, { key, ...facts }: ListedObject): StoredBackup | undefined {
  const found = key.startsWith(keyPrefix) ? backupOfFile(key.slice(keyPrefix.length)) : undefined;
  const time = found && backupTime(found.name);
  return found === undefined || time === undefined ? undefined : { ...found, time, ...facts };
}

/** A key before all keys of backups from `from` on; undefined where those are all backups. */
export function keyBefore(keyPrefix: string, from: Date | undefined): string | undefined {
  const year = from?.getUTCFullYear();
  if (from === undefined || year === undefined || !(year >= 0)) return undefined;
  // ":" follows "9": the key sorts after all names with a four-digit year.
  if (year > 9999) return `${keyPrefix}${BACKUP_NAME_PREFIX}:`;
  return keyPrefix + backupName(from).slice(0, -1);
}

/** Decodes a key of a listing with EncodingType=url; undefined where the key cannot be decoded. */
function decodeKey(key: string): string | undefined {
  try {
    return decodeURIComponent(key.replaceAll("+", " "));
  } catch {
    return undefined;
  }
}
