import { Buffer } from "node:buffer";
import { OperatorError } from "../../errors.ts";
import { BACKUP_NAME_PREFIX, type BackupForm, backupOfFile, backupTime } from "../contract/backup-name.ts";
import { oneOfEachName } from "../contract/one-of-each-name.ts";
import type { Segments } from "../contract/segments.ts";
import { MAX_SIDE_BYTES, type SideObjects, type SidePlace, sideKey } from "../contract/side-objects.ts";
import type {
  ListOptions,
  NewestOptions,
  OpenOptions,
  RandomAccess,
  Store,
  StoredBackup,
} from "../contract/store.ts";
import { oneForm } from "../contract/two-forms-error.ts";
import { type OpenS3AccessOptions, openS3Access, type S3Access } from "./s3-access.ts";
import { describeObject, S3Object } from "./s3-reading.ts";
import { S3Segments } from "./s3-segments.ts";
import { S3SideObjects } from "./s3-side-objects.ts";
import { type HiddenVersion, listHidden } from "./s3-versions.ts";

/** Opens what was removed from the store of a bucket with versions. Sends no request yet. */
export async function openDeletedStore(options: OpenS3AccessOptions): Promise<DeletedStore> {
  return new DeletedStore(await openS3Access(options));
}

/** A backup that is hidden, and its versions: one for each form. */
interface Hidden {
  backup: StoredBackup;
  versions: { form: BackupForm; version: HiddenVersion }[];
}

/** The backups of a bucket that delete markers hide. They can be read and not changed. */
export class DeletedStore implements Store {
  readonly url: string;
  readonly beside: SideObjects;
  readonly segments: Segments;
  readonly #access: S3Access;
  #hidden: Promise<Map<string, Hidden>> | undefined;

  constructor(access: S3Access) {
    this.url = access.url;
    this.beside = new DeletedSideObjects(access);
    this.segments = new S3Segments(access);
    this.#access = access;
  }

  async *list({ from }: ListOptions, signal: AbortSignal): AsyncGenerator<StoredBackup> {
    for (const { backup } of (await this.#all(signal)).values())
      if (from === undefined || backup.time >= from) yield backup;
  }

  async newest({ until }: NewestOptions, signal: AbortSignal): Promise<StoredBackup | undefined> {
    const backups = [...(await this.#all(signal)).values()].map(({ backup }) => backup);
    return backups.findLast(({ time }) => until === undefined || time <= until);
  }

  async has(name: string, signal: AbortSignal): Promise<boolean> {
    return (await this.#all(signal)).has(name);
  }

  async open(name: string, signal: AbortSignal, { form: wanted }: OpenOptions = {}): Promise<RandomAccess> {
    const task = `Cannot read ${name}, which was removed from ${this.url}`;
    const versions = (await this.#all(signal)).get(name)?.versions ?? [];
    const found = oneForm(
      { task, name },
      versions.filter(({ form }) => wanted === undefined || form === wanted),
    );
    if (found === undefined) throw new OperatorError(`${task}: there is no version of it`);
    return await openVersion(this.#access, found.version, { name, task, form: found.form }, signal);
  }

  async openStored(name: string, signal: AbortSignal, options?: OpenOptions): Promise<RandomAccess> {
    return await this.open(name, signal, options);
  }

  async holdsOlderFormat(): Promise<boolean> {
    return false;
  }

  async placesBeside(): Promise<string[]> {
    return [];
  }

  async prepare(): Promise<void> {}

  async put(): Promise<never> {
    throw readOnly(this.url);
  }

  async remove(): Promise<never> {
    throw readOnly(this.url);
  }

  async versions(): Promise<never> {
    throw readOnly(this.url);
  }

  async removeVersions(): Promise<never> {
    throw readOnly(this.url);
  }

  async sweep(): Promise<string[]> {
    return [];
  }

  clockSkew(): number | undefined {
    return this.#access.clock.skew;
  }

  async close(): Promise<void> {
    this.#access.client.destroy();
  }

  /** By name, in the order of time. */
  async #all(signal: AbortSignal): Promise<Map<string, Hidden>> {
    this.#hidden ??= this.#read(signal);
    return await this.#hidden;
  }

  async #read(signal: AbortSignal): Promise<Map<string, Hidden>> {
    const { keyPrefix } = this.#access;
    const versions = await listHidden(this.#access, keyPrefix + BACKUP_NAME_PREFIX, signal);
    const found = versions.flatMap((version) => {
      const named = backupOfFile(version.key.slice(keyPrefix.length));
      const time = named === undefined ? undefined : backupTime(named.name);
      if (named === undefined || time === undefined) return [];
      const { size, lastModified, etag, deleted } = version;
      return [{ backup: { ...named, time, size, lastModified, etag, deleted }, form: named.form, version }];
    });
    const versionsOf = Map.groupBy(found, ({ backup }) => backup.name);
    return new Map(
      oneOfEachName(found.map(({ backup }) => backup)).map((backup) => [
        backup.name,
        { backup, versions: versionsOf.get(backup.name) ?? [] },
      ]),
    );
  }
}

/** What lies beside backups, also where it was removed with them. */
class DeletedSideObjects extends S3SideObjects {
  readonly #access: S3Access;

  constructor(access: S3Access) {
    super(access);
    this.#access = access;
  }

  override async read(place: SidePlace, signal: AbortSignal): Promise<Buffer | undefined> {
    const there = await super.read(place, signal);
    if (there !== undefined) return there;
    const file = sideKey(place);
    const key = this.#access.keyPrefix + file;
    const version = (await listHidden(this.#access, key, signal)).find((each) => each.key === key);
    if (version === undefined || version.size > MAX_SIDE_BYTES) return undefined;
    const task = `Cannot read ${file}, which was removed from ${this.#access.url}`;
    const object = await openVersion(this.#access, version, { name: place.backup, task }, signal);
    return Buffer.from(await object.read(0, object.size, signal));
  }

  override async create(): Promise<never> {
    throw readOnly(this.#access.url);
  }

  override async replace(): Promise<never> {
    throw readOnly(this.#access.url);
  }

  override async remove(): Promise<never> {
    throw readOnly(this.#access.url);
  }
}

async function openVersion(
  access: S3Access,
  { key, versionId }: HiddenVersion,
  { name, task, form }: { name: string; task: string; form?: BackupForm },
  signal: AbortSignal,
): Promise<S3Object> {
  const facts = await describeObject(access, key, task, signal, { versionId });
  if (facts === undefined) throw new OperatorError(`${task}: its version is not there any more`);
  return new S3Object({ access, key, name, task, facts, versionId, form });
}

function readOnly(url: string): OperatorError {
  return new OperatorError(`Cannot change what was removed from ${url}: it can only be read`);
}
