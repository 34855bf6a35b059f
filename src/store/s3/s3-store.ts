import { randomUUID } from "node:crypto";
import { DeleteObjectCommand } from "@aws-sdk/client-s3";
import { OperatorError } from "../../errors.ts";
import { BackupExistsError } from "../contract/backup-exists-error.ts";
import { BACKUP_FORMS, BACKUP_NAME_PREFIX, type BackupForm, fileOfBackup } from "../contract/backup-name.ts";
import { findNewest } from "../contract/newest-search.ts";
import { eachNameOnce } from "../contract/one-of-each-name.ts";
import { ReplacedError } from "../contract/replaced-error.ts";
import type { Segments } from "../contract/segments.ts";
import type { SideObjects } from "../contract/side-objects.ts";
import type {
  ListOptions,
  NewestOptions,
  OpenOptions,
  PutOptions,
  RandomAccess,
  Removal,
  RemoveOptions,
  Store,
  StoredBackup,
  StoredObject,
  StoredVersions,
} from "../contract/store.ts";
import { oneForm } from "../contract/two-forms-error.ts";
import {
  type OpenS3AccessOptions,
  openS3Access,
  request,
  type S3Access,
  type SendOptions,
} from "./s3-access.ts";
import { placesBeside } from "./s3-beside.ts";
import { isConditionFailed, isConditionUnknown, isMissing } from "./s3-error-facts.ts";
import { type ListPage, latestDay, listBackups, listPage } from "./s3-listing.ts";
import { checkObjectLock, rejectLocked } from "./s3-object-lock.ts";
import { describeObject, type ObjectFacts, S3Object, withoutQuotes } from "./s3-reading.ts";
import { removeVersions, storedVersions } from "./s3-remove-versions.ts";
import { S3Segments } from "./s3-segments.ts";
import { S3SideObjects } from "./s3-side-objects.ts";
import { sweepUploads } from "./s3-sweep.ts";
import { uploadOnce } from "./s3-upload.ts";

/** Opens the store of a bucket. Sends no request yet. */
export async function openS3Store(options: OpenS3AccessOptions): Promise<S3Store> {
  return new S3Store(await openS3Access(options));
}

/** Backups in a bucket, as `PREFIX/backup_YYYYMMDDTHHMMSSZ.zip` or `.zip.age`. */
export class S3Store implements Store {
  readonly url: string;
  readonly beside: SideObjects;
  readonly segments: Segments;
  readonly #access: S3Access;

  constructor(access: S3Access) {
    this.url = access.url;
    this.beside = new S3SideObjects(access);
    this.segments = new S3Segments(access);
    this.#access = access;
  }

  async *list(options: ListOptions, signal: AbortSignal): AsyncIterable<StoredBackup> {
    yield* eachNameOnce(this.#listed(options, signal));
  }

  async *#listed(options: ListOptions, signal: AbortSignal): AsyncIterable<StoredBackup> {
    let page = await listBackups(this.#access, options.from, signal);
    for (;;) {
      yield* page.backups;
      if (page.more === undefined) return;
      page = await page.more();
    }
  }

  async newest(options: NewestOptions, signal: AbortSignal): Promise<StoredBackup | undefined> {
    return await findNewest({
      list: (from) => listBackups(this.#access, from, signal),
      latestDay: (from, until) => latestDay(this.#access, { from, until }, signal),
      now: this.#access.now(),
      until: options.until,
    });
  }

  async holdsOlderFormat(signal: AbortSignal): Promise<boolean> {
    const prefix = `${this.#access.keyPrefix}${BACKUP_NAME_PREFIX}`;
    let page: ListPage | undefined = await listPage(this.#access, { prefix }, signal);
    while (page !== undefined) {
      if (page.objects.some(({ key }) => /^[^/]*\.tgz$/.test(key.slice(prefix.length)))) return true;
      page = await page.more?.();
    }
    return false;
  }

  async placesBeside(signal: AbortSignal): Promise<string[]> {
    return await placesBeside(this.#access, signal);
  }

  async has(name: string, signal: AbortSignal): Promise<boolean> {
    const keys = BACKUP_FORMS.map((form) => this.#key(name, form));
    for (const key of keys) {
      // Of all keys with this prefix, the key itself comes first, and mostly the key of the other form next.
      const { objects } = await listPage(this.#access, { prefix: key, limit: 1 }, signal);
      if (keys.some((each) => objects[0]?.key === each)) return true;
      if (objects.length === 0) return false;
    }
    return false;
  }

  async open(name: string, signal: AbortSignal, { form }: OpenOptions = {}): Promise<RandomAccess> {
    const task = `Cannot read ${name} in ${this.url}`;
    const found = await this.#one(name, task, signal, form);
    if (found === undefined) throw new OperatorError(`${task}: there is no backup of that name`);
    return new S3Object({ access: this.#access, name, task, ...found });
  }

  async openStored(name: string, signal: AbortSignal, options?: OpenOptions): Promise<RandomAccess> {
    return await this.open(name, signal, options);
  }

  async put(
    name: string,
    content: AsyncIterable<Uint8Array>,
    signal: AbortSignal,
    { form = "zip" }: PutOptions = {},
  ): Promise<StoredObject> {
    // Checked before the upload, so that nothing is sent in vain; the precondition of the write decides.
    if (await this.has(name, signal)) throw new BackupExistsError(name, this.url);
    const task = `Cannot store ${name} in ${this.url}`;
    const upload = { access: this.#access, name, form, key: this.#key(name, form), task, mark: randomUUID() };
    return await uploadOnce(upload, content, signal);
  }

  async remove(name: string, signal: AbortSignal, { etag, form }: RemoveOptions = {}): Promise<Removal> {
    const task = `Cannot remove ${name} from ${this.url}`;
    // Not every server knows the condition, and those that do not remove whatever has the name: the time in which that
    // can happen is short after a look.
    const found = await this.#one(name, task, signal, form);
    if (found === undefined) return "removed";
    if (etag === undefined) return await this.#remove(found.key, {}, task, signal);
    if (withoutQuotes(found.facts.etag) !== etag) throw new ReplacedError(task, "object");
    // A plain removal would hide it behind a delete marker: it would be gone from all lists, and cost as much as before.
    rejectLocked(found.facts, task, this.#access.now());
    return await this.#remove(found.key, { IfMatch: found.facts.etag }, task, signal);
  }

  async versions(name: string, signal: AbortSignal): Promise<StoredVersions> {
    return await storedVersions(this.#access, this.#keys(name), signal);
  }

  async removeVersions(name: string, signal: AbortSignal, { form }: OpenOptions = {}): Promise<void> {
    const task = `Cannot remove ${name} from ${this.url}`;
    const wanted = form && this.#key(name, form);
    await removeVersions(this.#access, { name, keys: this.#keys(name), wanted, task }, signal);
  }

  #keys(name: string): string[] {
    return BACKUP_FORMS.map((form) => this.#key(name, form));
  }

  /** Looks for a backup, of any form or of this one; undefined where there is none. */
  async #one(
    name: string,
    task: string,
    signal: AbortSignal,
    wanted?: BackupForm,
  ): Promise<{ key: string; form: BackupForm; facts: ObjectFacts } | undefined> {
    const forms = wanted === undefined ? BACKUP_FORMS : [wanted];
    const looked = forms.map(async (form) => {
      const key = this.#key(name, form);
      const facts = await describeObject(this.#access, key, task, signal);
      return facts === undefined ? [] : [{ key, form, facts }];
    });
    return oneForm({ task, name }, (await Promise.all(looked)).flat());
  }

  async #remove(
    key: string,
    condition: { IfMatch?: string },
    task: string,
    signal: AbortSignal,
  ): Promise<Removal> {
    const { client, place } = this.#access;
    const object = { Bucket: place.bucket, Key: key };
    const send = (condition: { IfMatch?: string }, options: SendOptions) =>
      client.send(new DeleteObjectCommand({ ...object, ...condition }), options);
    return await request(this.#access, task, signal, async (options) => {
      try {
        const { DeleteMarker } = await send(condition, options).catch(async (error: unknown) => {
          if (condition.IfMatch === undefined || !isConditionUnknown(error)) throw error;
          return await send({}, options);
        });
        return DeleteMarker === true ? "hidden" : "removed";
      } catch (error) {
        if (condition.IfMatch !== undefined && isConditionFailed(error)) {
          throw new ReplacedError(task, "object");
        }
        if (!isMissing(error)) throw error;
        return "removed";
      }
    });
  }

  async prepare(signal: AbortSignal): Promise<void> {
    await checkObjectLock(this.#access, signal);
  }

  async sweep(signal: AbortSignal): Promise<string[]> {
    return await sweepUploads(this.#access, signal);
  }

  clockSkew(): number | undefined {
    return this.#access.clock.skew;
  }

  async close(): Promise<void> {
    this.#access.client.destroy();
  }

  #key(name: string, form: BackupForm): string {
    return this.#access.keyPrefix + fileOfBackup(name, form);
  }
}
