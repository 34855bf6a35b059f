import { mkdir, readdir, stat, unlink } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { OperatorError } from "../../errors.ts";
import { shellCommand } from "../../words/shell-command.ts";
import { someNames } from "../../words/some-names.ts";
import { BackupExistsError } from "../contract/backup-exists-error.ts";
import {
  BACKUP_FORMS,
  type BackupForm,
  backupOfFile,
  backupTime,
  fileOfBackup,
} from "../contract/backup-name.ts";
import { oneOfEachName } from "../contract/one-of-each-name.ts";
import { ReplacedError } from "../contract/replaced-error.ts";
import type { Segments } from "../contract/segments.ts";
import type { SideObjects } from "../contract/side-objects.ts";
import {
  type ListOptions,
  MAX_PLACES,
  type NewestOptions,
  type OpenOptions,
  type PutOptions,
  type RandomAccess,
  type Removal,
  type RemoveOptions,
  type Store,
  type StoredBackup,
  type StoredObject,
  type StoredVersions,
  type StoreLog,
} from "../contract/store.ts";
import { oneForm } from "../contract/two-forms-error.ts";
import { codeOf, fileError } from "./file-errors.ts";
import { etagOfFile } from "./file-etag.ts";
import { OpenFile } from "./file-reading.ts";
import { sweepFolder } from "./file-sweep.ts";
import { type LinkFile, writeOnce } from "./file-writing.ts";
import { FolderSegments } from "./folder-segments.ts";
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
  readonly segments: Segments;
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
    this.segments = new FolderSegments({ ...options, url: this.url });
  }

  async *list(options: ListOptions, signal: AbortSignal): AsyncIterable<StoredBackup> {
    const from = options.from?.getTime() ?? Number.NEGATIVE_INFINITY;
    for (const [name, forms] of await this.#backups(signal)) {
      signal.throwIfAborted();
      const time = backupTime(name) as Date;
      if (time.getTime() < from) continue;
      const found = await this.#statBackup(name, forms);
      if (found !== undefined) yield found;
    }
  }

  async newest(options: NewestOptions, signal: AbortSignal): Promise<StoredBackup | undefined> {
    const until = options.until?.getTime() ?? Number.POSITIVE_INFINITY;
    for (const [name, forms] of [...(await this.#backups(signal))].reverse()) {
      if ((backupTime(name) as Date).getTime() > until) continue;
      const found = await this.#statBackup(name, forms);
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

  /** A folder takes what it is given; it is made where it is missing. */
  async prepare(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    try {
      await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    } catch (error) {
      throw fileError(`Cannot store backups in ${this.url}`, error);
    }
  }

  async has(name: string, signal: AbortSignal): Promise<boolean> {
    return (await this.#forms(name, signal)).length > 0;
  }

  async open(name: string, signal: AbortSignal, { form: wanted }: OpenOptions = {}): Promise<RandomAccess> {
    const task = `Cannot read ${name} in ${this.url}`;
    const form = await this.#oneForm(name, task, signal, wanted);
    try {
      if (form === undefined) throw new OperatorError(`${task}: there is no backup of that name`);
      return await OpenFile.open({ path: this.#path(name, form), name, form, task });
    } catch (error) {
      throw fileError(task, error);
    }
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
    const file = fileOfBackup(name, form);
    signal.throwIfAborted();
    try {
      await mkdir(this.#folder, { recursive: true, mode: 0o700 });
      if (await this.has(name, signal)) throw new BackupExistsError(name, this.url);
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

  async remove(
    name: string,
    signal: AbortSignal,
    { etag, form: wanted }: RemoveOptions = {},
  ): Promise<Removal> {
    const task = `Cannot remove ${name} from ${this.url}`;
    const form = await this.#oneForm(name, task, signal, wanted);
    if (form === undefined) return "removed";
    const path = this.#path(name, form);
    try {
      if (etag !== undefined && etagOfFile(await stat(path, { bigint: true })) !== etag) {
        throw new ReplacedError(task, "file");
      }
      await this.#beforeWrite?.();
      await unlink(path);
    } catch (error) {
      if (codeOf(error) !== "ENOENT") throw fileError(task, error);
    }
    return "removed";
  }

  /** A folder keeps one of each form. */
  async versions(name: string, signal: AbortSignal): Promise<StoredVersions> {
    const forms = await this.#forms(name, signal);
    const found = await this.#statBackup(name, forms);
    return { count: found === undefined ? 0 : forms.length, size: found?.size ?? 0 };
  }

  async removeVersions(name: string, signal: AbortSignal, options?: OpenOptions): Promise<void> {
    await this.remove(name, signal, options);
  }

  async sweep(signal: AbortSignal): Promise<string[]> {
    return await sweepFolder({ folder: this.#folder, now: this.#now(), log: this.#log }, signal);
  }

  /** A folder has no clock of its own that could be asked. */
  clockSkew(): undefined {}

  async close(): Promise<void> {}

  #path(name: string, form: BackupForm): string {
    return join(this.#folder, fileOfBackup(name, form));
  }

  /** The forms in which the folder has a backup. */
  async #forms(name: string, signal: AbortSignal): Promise<BackupForm[]> {
    const files = new Set(await this.#files(signal));
    return BACKUP_FORMS.filter((form) => files.has(fileOfBackup(name, form)));
  }

  /** The form of a backup, or the one that is wanted; undefined where there is none. */
  async #oneForm(
    name: string,
    task: string,
    signal: AbortSignal,
    wanted: BackupForm | undefined,
  ): Promise<BackupForm | undefined> {
    const forms = await this.#forms(name, signal);
    return oneForm(
      { task, name },
      forms.filter((each) => wanted === undefined || each === wanted),
    );
  }

  /** The backups in the folder with their forms, oldest first. */
  async #backups(signal: AbortSignal): Promise<Map<string, BackupForm[]>> {
    const found = (await this.#files(signal)).flatMap((file) => backupOfFile(file) ?? []);
    const byName = Map.groupBy(
      found.sort((a, b) => (a.name < b.name ? -1 : 1)),
      ({ name }) => name,
    );
    return new Map([...byName].map(([name, each]) => [name, each.map(({ form }) => form)]));
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

  /** Returns the backup, or undefined if the files were removed in the meantime or are not regular files. */
  async #statBackup(name: string, forms: readonly BackupForm[]): Promise<StoredBackup | undefined> {
    const found: StoredBackup[] = [];
    for (const form of forms) {
      try {
        const facts = await stat(this.#path(name, form), { bigint: true });
        if (!facts.isFile()) continue;
        const { size, mtime: lastModified } = facts;
        const time = backupTime(name) as Date;
        found.push({ name, time, form, size: Number(size), lastModified, etag: etagOfFile(facts) });
      } catch (error) {
        if (codeOf(error) !== "ENOENT") throw fileError(`Cannot list backups in ${this.url}`, error);
      }
    }
    return oneOfEachName(found)[0];
  }
}
