import { inOrder } from "../concurrency/in-order.ts";
import { OperatorError } from "../errors.ts";
import { type NoteReading, readNote } from "../notes/read-note.ts";
import type { AllowedSigner } from "../signatures/allowed-signers.ts";
import { sideKey } from "../store/contract/side-objects.ts";
import type { Store, StoredBackup } from "../store/contract/store.ts";
import type { Log } from "../terminal/log/log.ts";
import { judgeTagList } from "./judge-tag-list.ts";
import { readTagList, tagsPlace } from "./read-tag-list.ts";

/** How many backups' tags are read at once, each by two small requests. */
const CONCURRENCY = 8;

/** Options of {@link StoredTags}. */
export interface StoredTagsOptions {
  store: Pick<Store, "beside" | "url">;
  /** Whose signatures count; undefined where nobody has said, so that what is not signed counts. */
  signers: readonly AllowedSigner[] | undefined;
  now: () => Date;
  log: Pick<Log, "warn">;
}

/** The tags of a store's backups. What is passed over is told once. */
export class StoredTags {
  readonly #options: StoredTagsOptions;
  readonly #told = new Set<string>();
  readonly #given = new Map<string, { etag: string; tags: readonly string[] }>();

  constructor(options: StoredTagsOptions) {
    this.#options = options;
  }

  /** The backups that may have tags that were set later, by one listing. */
  async tagged(signal: AbortSignal): Promise<Set<string>> {
    return new Set(await Array.fromAsync(this.#options.store.beside.list("tags", signal)));
  }

  /**
   * The tags of some backups that were set later, by name. Only what the listing has is read.
   *
   * @throws {OperatorError} where the store cannot be read, or what it has cannot: that is never "no tags".
   */
  async laterOf(
    backups: readonly StoredBackup[],
    tagged: ReadonlySet<string>,
    signal: AbortSignal,
  ): Promise<Map<string, readonly string[]>> {
    const { store } = this.#options;
    const wanted = backups.filter(({ name }) => tagged.has(name));
    const read = inOrder(each(wanted), CONCURRENCY, async (backup) => {
      const note = await readNote(store, backup.name, signal);
      return [backup.name, await this.later(backup, note, signal)] as const;
    });
    return new Map(await Array.fromAsync(read));
  }

  /** The same of one backup whose note has been read. */
  async later(backup: StoredBackup, note: NoteReading, signal: AbortSignal): Promise<readonly string[]> {
    const { store, signers, now, log } = this.#options;
    const { name } = backup;
    const reading = await readTagList(store, name, signal);
    const key = sideKey(tagsPlace(name));
    // Where signatures count, a stranger's junk is passed over; where they do not, it may be somebody's "keep".
    if (reading.state === "unreadable" && signers === undefined) {
      throw new OperatorError(`Cannot read ${key} in ${store.url}: ${reading.reason}`, {
        advice: `Remove it, and set the tags of ${name} again: kube-backup tag`,
      });
    }
    const judgment = judgeTagList({ backup, note, reading, signers, now: now() });
    if (judgment.counts) return judgment.tags;
    if (!this.#told.has(name)) {
      this.#told.add(name);
      log.warn({ backup: name, reason: judgment.reason }, "The tags that were set later are passed over");
    }
    return [];
  }

  /** The tags that a backup was given when it was taken, as its note says. The archive has the last word. */
  async givenByNote({ name, etag }: StoredBackup, signal: AbortSignal): Promise<readonly string[]> {
    const known = this.#given.get(name);
    if (known !== undefined && known.etag === etag) return known.tags;
    const reading = await readNote(this.#options.store, name, signal);
    const tags = reading.state === "read" ? (reading.note.tags ?? []) : [];
    // A loop asks again after each backup.
    if (etag !== undefined && tags.length > 0) this.#given.set(name, { etag, tags });
    return tags;
  }
}

async function* each<Item>(items: readonly Item[]): AsyncGenerator<Item> {
  yield* items;
}
