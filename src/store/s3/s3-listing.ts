import { ListObjectsV2Command } from "@aws-sdk/client-s3";
import { OperatorError } from "../../errors.ts";
import { BACKUP_NAME_PREFIX, backupName, backupNameOfFile, backupTime } from "../contract/backup-name.ts";
import type { SearchPage } from "../contract/newest-search.ts";
import type { StoredBackup } from "../contract/store.ts";
import { request, type S3Access } from "./s3-access.ts";
import { notS3 } from "./s3-errors.ts";

/** One object of a listing. */
export interface ListedObject {
  key: string;
  /** In bytes. */
  size: number;
}

/** Up to a thousand objects, in the order of their keys. */
export interface ListPage {
  objects: ListedObject[];
  /** What keys put together start with, the delimiter included. */
  groups: string[];
  /** Asks for what follows; undefined at the end. */
  more: (() => Promise<ListPage>) | undefined;
}

/** What to list. */
export interface ListRequest {
  /** What the keys start with. */
  prefix: string;
  /** Only keys after this one. */
  startAfter?: string | undefined;
  /** Keys alike up to this text behind the prefix are put together, into `groups`. */
  delimiter?: string | undefined;
  /** Objects at most on a page; the server's own limit, a thousand, by default. */
  limit?: number | undefined;
}

/** A page of keys. An answer that is no listing of S3 is an error, never an empty page. */
export async function listPage(
  access: S3Access,
  what: ListRequest,
  signal: AbortSignal,
  token?: string,
): Promise<ListPage> {
  const task = `Cannot list backups in ${access.url}`;
  const command = new ListObjectsV2Command({
    Bucket: access.place.bucket,
    Prefix: what.prefix,
    // Names of foreign objects may hold characters that XML cannot.
    EncodingType: "url",
    ...(token === undefined ? { StartAfter: what.startAfter } : { ContinuationToken: token }),
    ...(what.delimiter === undefined ? {} : { Delimiter: what.delimiter }),
    ...(what.limit === undefined ? {} : { MaxKeys: what.limit }),
  });
  const answer = await request(access, task, signal, (options) => access.client.send(command, options));
  const next = answer.NextContinuationToken;
  if (answer.IsTruncated === undefined || (answer.IsTruncated && (next === undefined || next === token))) {
    const { reason, advice } = notS3(access.place);
    throw new OperatorError(`${task}: ${reason}`, advice === undefined ? {} : { advice });
  }
  const decode = answer.EncodingType === "url" ? decodeKey : (key: string) => key;
  const objects: ListedObject[] = [];
  for (const { Key, Size } of answer.Contents ?? []) {
    const key = Key === undefined ? undefined : decode(Key);
    if (key !== undefined) objects.push({ key, size: Size ?? 0 });
  }
  const groups = (answer.CommonPrefixes ?? []).map(({ Prefix }) => decode(Prefix ?? "") ?? "");
  return {
    objects,
    groups,
    more: answer.IsTruncated ? () => listPage(access, what, signal, next) : undefined,
  };
}

/** A page of backups, of the moment `from` and later; what else the listing holds is left out. */
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
    backups: page.objects
      .map((object) => backupOfObject(keyPrefix, object))
      .filter((backup) => backup !== undefined)
      .filter(({ time }) => from === undefined || time >= from),
    more: more === undefined ? undefined : async () => backupsOf(keyPrefix, await more(), from),
  };
}

/**
 * The latest day of which the listing holds backups: their keys are alike up to the "T". Not every
 * server puts keys together by other texts than "/", so this may find nothing though there is
 * something, and is never an error.
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
    // MinIO ends a page at a thousand keys, however few groups they make.
    return more === undefined ? latestDayOf(groups, prefix, range.until) : undefined;
  } catch (error) {
    signal.throwIfAborted();
    access.log.debug({ reason: String(error) }, "The S3 server does not list days");
    return undefined;
  }
}

/** The latest day, begun by `until`, that a group is of: `PREFIX/backup_20260131T`. */
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

/** The backup that an object is, or undefined where it is something else. */
export function backupOfObject(keyPrefix: string, { key, size }: ListedObject): StoredBackup | undefined {
  const name = key.startsWith(keyPrefix) ? backupNameOfFile(key.slice(keyPrefix.length)) : undefined;
  const time = name === undefined ? undefined : backupTime(name);
  return name === undefined || time === undefined ? undefined : { name, time, size };
}

/** A key after which the backups of `from` and later come; undefined where that is all of them. */
export function keyBefore(keyPrefix: string, from: Date | undefined): string | undefined {
  const year = from?.getUTCFullYear();
  if (from === undefined || year === undefined || !(year >= 0)) return undefined;
  // ":" follows "9": after all that a name of four digits for the year can hold.
  if (year > 9999) return `${keyPrefix}${BACKUP_NAME_PREFIX}:`;
  return keyPrefix + backupName(from).slice(0, -1);
}

/** What a server made of a key when asked for EncodingType=url; undefined where it is not decodable. */
function decodeKey(key: string): string | undefined {
  try {
    return decodeURIComponent(key.replaceAll("+", " "));
  } catch {
    return undefined;
  }
}
