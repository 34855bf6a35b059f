import { knownManifest } from "../../catalog/inspection.ts";
import { type Judge, type Look, lookAtBackups } from "../../catalog/look-at-backups.ts";
import { type BackupFilter, newestOf, selectBackups } from "../../catalog/select-backups.ts";
import { openStoredTags } from "../../command-line/stored-tags.ts";
import { inOrder } from "../../concurrency/in-order.ts";
import type { Settings } from "../../settings/settings.ts";
import type { Store, StoredBackup } from "../../store/contract/store.ts";
import { allTags } from "../../tags/change-tags.ts";
import type { Log } from "../../terminal/log/log.ts";

/** How many backups' tags that were set later are read at once. */
const CONCURRENCY = 16;

/** A backup that was looked at, and its tags; null where it cannot be read. */
interface Tagged {
  backup: StoredBackup;
  look: Look;
  tags: readonly string[] | null;
}

/** What is wanted of a store. */
interface TaggedOptions {
  settings: Pick<Settings, "allowedSigners" | "unsigned">;
  store: Store;
  filter: BackupFilter;
  /** Only backups with one of these tags; all by default. */
  wanted: readonly string[] | undefined;
  /** With ALLOWED_SIGNERS. */
  judge: Judge | undefined;
  log: Log;
  now: () => Date;
}

/**
 * The selected backups, oldest first, with what their notes say and with their tags. One listing tells of which backups tags
 * were set later.
 *
 * @throws {OperatorError} where the store cannot be read: tags that cannot be read are never "no tags".
 */
export async function* taggedBackups(
  { wanted, filter: { last, ...filter }, ...options }: TaggedOptions,
  signal: AbortSignal,
): AsyncGenerator<Tagged> {
  // Of these the newest, so that all are looked at where a tag is wanted.
  if (wanted === undefined) yield* withTags(options, { ...filter, last }, signal);
  else {
    const those = having(withTags(options, filter, signal), new Set(wanted));
    if (last === undefined) yield* those;
    else yield* await newestOf(those, last);
  }
}

async function* withTags(
  { settings, store, judge, log, now }: Omit<TaggedOptions, "filter" | "wanted">,
  filter: BackupFilter,
  signal: AbortSignal,
): AsyncGenerator<Tagged> {
  const stored = openStoredTags({ settings, store, log, now });
  const tagged = await stored.tagged(signal);
  const looks = lookAtBackups(store, selectBackups(store, filter, signal), signal, judge);
  yield* inOrder(looks, CONCURRENCY, async (look) => {
    const { backup, reading, facts } = look;
    const later = tagged.has(backup.name) ? await stored.later(backup, reading, signal) : [];
    const said = "note" in facts ? facts.note : knownManifest(facts.inspection);
    const tags =
      said === undefined && later.length === 0 ? null : allTags({ given: said?.tags ?? [], later });
    return { backup, look, tags };
  });
}

async function* having(those: AsyncIterable<Tagged>, wanted: ReadonlySet<string>): AsyncGenerator<Tagged> {
  for await (const each of those) if (each.tags?.some((tag) => wanted.has(tag))) yield each;
}
