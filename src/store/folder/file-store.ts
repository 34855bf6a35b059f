import { mkdir, readdir, stat, unlink } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { OperatorError } from "../../errors.ts";
import { shellCommand } from "../../words/shell-command.ts";
import { someNames } from "../../words/some-names.ts";
import { backupNameOfFile, backupTime, fileOfBackup } from "../contract/backup-name.ts";
import { ReplacedError } from "../contract/replaced-error.ts";
import type { SideObjects } from "../contract/side-objects.ts";
import {
  type ListOptions,
  MAX_PLACES,
  type NewestOptions,
  type RandomAccess,
  type RemoveOptions,
  type Store,
  type StoredBackup,
  type StoredObject,
  type StoreLog,
} from "../contract/store.ts";
import { codeOf, fileError } from "./file-errors.ts";
import { etagOfFile } from "./file-etag.ts";
import { OpenFile } from "./file-reading.ts";
import { sweepFolder } from "./file-sweep.ts";
import { type LinkFile, writeOnce } from "./file-writing.ts";
import { FolderSideObjects } from "./folder-side-objects.ts";
import { foldersBeside } from "./folders-beside.ts";

/** Options of {@link FileStore}. */
export interface FileStoreOptions {
  /** Absolute path of the folder. */
  folder: string;
  /** Creates a hard link; by default in the machine's file system. */
  link?: LinkFile | undefined;
  /** Called before a backup appears or is removed; it throws where that may not be. */
  beforeWrite?: (() => Promise<void>) | undefined;
  /** By default nobody is told of left-overs that cannot be removed. */
  log?: StoreLog | undefined;
  /** The machine's clock by default. */
  now?: (() => Date) | undefined;
}

/**
 * A store in a local folder. Only the owner can read the backups, because backups hold Secrets.
 *
 * For reads a missing folder is an error; otherwise an unmounted volume would look like "no backups".
 * Storing a backup creates the folder.
 */
export class FileStore implements Store {
  readonly url: string;
  readonly beside: SideObjects;
  readonly #folder: string;
  readonly #link: LinkFile | undefined;
  readonly #beforeWrite: (() => Promise<void>) | undefined;
  readonly #log: StoreLog | undefined;
  readonly #now: () => Date;

  constructor(options: FileStoreOptions) {
    this.#folder = options.folder;
    this.#link = options.link;
    this.#beforeWrite = options.beforeWrite;
    this.#log = options.log;
    this.#now = options.now ?? (() => new Date());
    this.url = pathToFileURL(options.folder).href;
    this.beside = new FolderSideObjects({ ...options, url: this.url });
  }

  async *list(options: ListOptions, signal: AbortSignal): AsyncIterable<StoredBackup> {
    const from = options.from?.getTime() ?? Number.NEGATIVE_INFINITY;
    for (const { name, time } of await this.#backups(signal)) {
      signal.throwIfAborted();
      if (time.getTime() < from) continue;
      const found = await this.#statBackup(name, time);
      if (found !== undefined) yield found;
    }
  }

  async newest(options: NewestOptions, signal: AbortSignal): Promise<StoredBackup | undefined> {
    const until = options.until?.getTime() ?? Number.POSITIVE_INFINITY;
    for (const { name, time } of (await this.#backups(signal)).reverse()) {
      if (time.getTime() > until) continue;
      const found = await this.#statBackup(name, time);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  async holdsOlderFormat(signal: AbortSignal): Promise<boolean> {
    return (await this.#files(signal)).some((file) => /^backup_.*\.tgz$/.test(file));
  }

  async placesBeside(signal: AbortSignal): Promise<string[]> {
    return await foldersBeside(this.#folder, signal);
  }

  /** A folder takes what it is given. */
  async prepare(): Promise<void> {}

  async has(name: string, signal: AbortSignal): Promise<boolean> {
    const file = fileOfBackup(name);
    return (await this.#files(signal)).includes(file);
  }

  async open(name: string, signal: AbortSignal): Promise<RandomAccess> {
    const path = join(this.#folder, fileOfBackup(name));
    const task = `Cannot read ${name} in ${this.url}`;
    signal.throwIfAborted();
    try {
      return await OpenFile.open({ path, name, task });
    } catch (error) {
      if (codeOf(error) !== "ENOENT") throw fileError(task, error);
      await this.#files(signal); // Throws if the folder itself is missing.
      throw new OperatorError(`${task}: there is no backup of that name`, { cause: error });
    }
  }

  async put(name: string, content: AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<StoredObject> {
    const file = fileOfBackup(name);
    signal.throwIfAborted();
    try {
      await mkdir(this.#folder, { recursive: true, mode: 0o700 });
      const place = {
        folder: this.#folder,
        file,
        name,
        storeUrl: this.url,
        link: this.#link,
        beforeWrite: this.#beforeWrite,
      };
      return await writeOnce(place, content, signal);
    } catch (error) {
      throw fileError(`Cannot store ${name} in ${this.url}`, error);
    }
  }

  async remove(name: string, signal: AbortSignal, { etag }: RemoveOptions = {}): Promise<void> {
    const path = join(this.#folder, fileOfBackup(name));
    const task = `Cannot remove ${name} from ${this.url}`;
    signal.throwIfAborted();
    try {
      if (etag !== undefined && etagOfFile(await stat(path, { bigint: true })) !== etag) {
        throw new ReplacedError(task, "file");
      }
      await this.#beforeWrite?.();
      await unlink(path);
    } catch (error) {
      if (codeOf(error) !== "ENOENT") throw fileError(task, error);
      await this.#files(signal);
    }
  }

  async sweep(signal: AbortSignal): Promise<string[]> {
    return await sweepFolder({ folder: this.#folder, now: this.#now(), log: this.#log }, signal);
  }

  /** A folder has no clock of its own that could be asked. */
  clockSkew(): undefined {}

  async close(): Promise<void> {}

  /** Lists the backups in the folder, oldest first. */
  async #backups(signal: AbortSignal): Promise<{ name: string; time: Date }[]> {
    const names = (await this.#files(signal)).map(backupNameOfFile).filter((name) => name !== undefined);
    return names.sort().map((name) => ({ name, time: backupTime(name) as Date }));
  }

  /** Lists all file names in the folder. */
  async #files(signal: AbortSignal): Promise<string[]> {
    signal.throwIfAborted();
    const task = `Cannot list backups in ${this.url}`;
    try {
      return await readdir(this.#folder);
    } catch (error) {
      if (codeOf(error) !== "ENOENT") throw fileError(task, error);
      const beside = await foldersBeside(this.#folder, signal);
      const make = `Mount or make it: ${shellCommand`mkdir -p ${this.#folder}`}`;
      throw new OperatorError(`${task}: the folder does not exist`, {
        advice: beside.length === 0 ? make : `There are backups in ${someNames(beside, MAX_PLACES)}. ${make}`,
        cause: error,
      });
    }
  }

  /** Returns the backup, or undefined if the file was removed in the meantime or is not a regular file. */
  async #statBackup(name: string, time: Date): Promise<StoredBackup | undefined> {
    try {
      const found = await stat(join(this.#folder, fileOfBackup(name)), { bigint: true });
      if (!found.isFile()) return undefined;
      return { name, time, size: Number(found.size), lastModified: found.mtime, etag: etagOfFile(found) };
    } catch (error) {
      if (codeOf(error) === "ENOENT") return undefined;
      throw fileError(`Cannot list backups in ${this.url}`, error);
    }
  }
}
