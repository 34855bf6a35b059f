import { inOrder } from "../../concurrency/in-order.ts";
import { BACKUP_NAME_PREFIX, backupNameOfFile } from "../contract/backup-name.ts";
import { PLACES_AT_ONCE, PLACES_DEPTH, type Places } from "../contract/places.ts";
import { LOG_FOLDER } from "../contract/segments.ts";
import { SIDE_FOLDERS } from "../contract/side-objects.ts";
import type { Store } from "../contract/store.ts";
import { type OpenS3AccessOptions, openS3Access, placeUrl, type S3Access } from "./s3-access.ts";
import { listPage } from "./s3-listing.ts";
import { S3Store } from "./s3-store.ts";

/** Comes after the names of all backups, since these go on with a digit, and before most other names. */
const AFTER_BACKUPS = `${BACKUP_NAME_PREFIX}:`;

/** What one prefix holds. */
interface Prefix {
  keyPrefix: string;
  /** Whether it holds backups, or notes of some. */
  isStore: boolean;
  /** The prefixes below it that may be stores. */
  below: readonly string[];
}

/** The stores of a bucket, over the connections of one client. */
export class S3Places implements Places {
  readonly url: string;
  readonly #access: S3Access;

  private constructor(access: S3Access) {
    this.url = access.url;
    this.#access = access;
  }

  /** Opens the way to a bucket. Sends no request yet. */
  static async open(options: OpenS3AccessOptions): Promise<S3Places> {
    return new S3Places(await openS3Access(options));
  }

  async *stores(signal: AbortSignal): AsyncGenerator<Store> {
    let level = [this.#access.keyPrefix];
    for (let depth = 0; level.length > 0; depth += 1) {
      const next: string[] = [];
      const looked = inOrder(level, PLACES_AT_ONCE, (keyPrefix) => lookInto(this.#access, keyPrefix, signal));
      for await (const { keyPrefix, isStore, below } of looked) {
        if (isStore)
          yield new S3Store({ ...this.#access, keyPrefix, url: placeUrl(this.#access, keyPrefix) });
        if (depth < PLACES_DEPTH) next.push(...below);
      }
      level = next;
    }
  }

  async close(): Promise<void> {
    this.#access.client.destroy();
  }
}

async function lookInto(access: S3Access, keyPrefix: string, signal: AbortSignal): Promise<Prefix> {
  const what = { prefix: keyPrefix, delimiter: "/" };
  let page = await listPage(access, what, signal);
  const groups = [...page.groups];
  const hasBackup = page.objects.some(
    ({ key }) => backupNameOfFile(key.slice(keyPrefix.length)) !== undefined,
  );
  // However many backups there are, what is below comes after them.
  if (hasBackup && page.more !== undefined) {
    page = await listPage(access, { ...what, startAfter: keyPrefix + AFTER_BACKUPS }, signal);
    groups.push(...page.groups);
  }
  while (page.more !== undefined) {
    page = await page.more();
    groups.push(...page.groups);
  }
  const isStore = hasBackup || groups.includes(`${keyPrefix}notes/`);
  const own = new Set([...SIDE_FOLDERS, LOG_FOLDER].map((folder) => `${keyPrefix}${folder}/`));
  const below = [...new Set(groups)].filter((group) => !isStore || !own.has(group));
  return { keyPrefix, isStore, below };
}
