import { randomUUID } from "node:crypto";
import { DeleteObjectCommand } from "@aws-sdk/client-s3";
import { OperatorError } from "../../errors.ts";
import { BackupExistsError } from "../contract/backup-exists-error.ts";
import { BACKUP_NAME_PREFIX, fileOfBackup } from "../contract/backup-name.ts";
import { findNewest } from "../contract/newest-search.ts";
import type { ListOptions, NewestOptions, RandomAccess, Store, StoredBackup } from "../contract/store.ts";
import { type OpenS3AccessOptions, openS3Access, request, type S3Access } from "./s3-access.ts";
import { isMissing } from "./s3-error-facts.ts";
import { type ListPage, latestDay, listBackups, listPage } from "./s3-listing.ts";
import { describeObject, S3Object } from "./s3-reading.ts";
import { uploadOnce } from "./s3-upload.ts";

/** Options of {@link openS3Store}. */
export interface OpenS3StoreOptions extends OpenS3AccessOptions {
  /** The clock from which the search for the newest backup starts. */
  now: () => Date;
}

/** Opens the store of a bucket. Sends no request yet. */
export async function openS3Store(options: OpenS3StoreOptions): Promise<S3Store> {
  return new S3Store(await openS3Access(options), options.now);
}

/** Backups in a bucket, as `PREFIX/backup_YYYYMMDDTHHMMSSZ.zip`. */
export class S3Store implements Store {
  readonly url: string;
  readonly #access: S3Access;
  readonly #now: () => Date;

  constructor(access: S3Access, now: () => Date) {
    this.url = access.url;
    this.#access = access;
    this.#now = now;
  }

  async *list(options: ListOptions, signal: AbortSignal): AsyncIterable<StoredBackup> {
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
      now: this.#now(),
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

  async has(name: string, signal: AbortSignal): Promise<boolean> {
    const key = this.#key(name);
    // Of all keys with this prefix, the key itself comes first.
    const { objects } = await listPage(this.#access, { prefix: key, limit: 1 }, signal);
    return objects[0]?.key === key;
  }

  async open(name: string, signal: AbortSignal): Promise<RandomAccess> {
    const key = this.#key(name);
    const task = `Cannot read ${name} in ${this.url}`;
    const facts = await describeObject(this.#access, key, task, signal);
    if (facts === undefined) throw new OperatorError(`${task}: there is no backup of that name`);
    return new S3Object({ access: this.#access, key, name, task, facts });
  }

  async put(name: string, content: AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<number> {
    // Checked before the upload, so that nothing is sent in vain; the precondition of the write decides.
    if (await this.has(name, signal)) throw new BackupExistsError(name, this.url);
    const task = `Cannot store ${name} in ${this.url}`;
    const upload = { access: this.#access, name, key: this.#key(name), task, mark: randomUUID() };
    return await uploadOnce(upload, content, signal);
  }

  async remove(name: string, signal: AbortSignal): Promise<void> {
    const command = new DeleteObjectCommand({ Bucket: this.#access.place.bucket, Key: this.#key(name) });
    await request(this.#access, `Cannot remove ${name} from ${this.url}`, signal, async (options) => {
      await this.#access.client.send(command, options).catch((error: unknown) => {
        if (!isMissing(error)) throw error;
      });
    });
  }

  async close(): Promise<void> {
    this.#access.client.destroy();
  }

  #key(name: string): string {
    return this.#access.keyPrefix + fileOfBackup(name);
  }
}
