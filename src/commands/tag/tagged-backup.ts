/** The backup whose tags are changed, and the tags that it has. */

import { knownManifest } from "../../catalog/inspection.ts";
import { type Judge, type Look, lookAtBackups } from "../../catalog/look-at-backups.ts";
import { openStoredTags } from "../../command-line/stored-tags.ts";
import { OperatorError } from "../../errors.ts";
import type { Settings } from "../../settings/settings.ts";
import type { Store, StoredBackup } from "../../store/contract/store.ts";
import type { BackupTags } from "../../tags/change-tags.ts";
import type { Log } from "../../terminal/log/log.ts";
import { judgeForms } from "../../trust/judge-backup.ts";
import { UnbelievedError } from "../../trust/unbelieved-error.ts";

/** A backup, what is known of it, and its tags. */
export interface TaggedBackup extends BackupTags {
  look: Look;
}

/**
 * Finds out which tags a backup has.
 *
 * @throws {UnbelievedError} where ALLOWED_SIGNERS passes the backup over.
 * @throws {OperatorError} where the backup cannot be read, and where it is signed and nobody says whose signatures count:
 * whoever can write to the store could have their tags signed.
 */
export async function openTaggedBackup(
  {
    store,
    backup,
    settings,
    log,
    now,
  }: {
    store: Store;
    backup: StoredBackup;
    settings: Pick<Settings, "allowedSigners" | "unsigned">;
    log: Log;
    now: () => Date;
  },
  signal: AbortSignal,
): Promise<TaggedBackup> {
  const { allowedSigners, unsigned } = settings;
  const signers = unsigned ? undefined : allowedSigners;
  const judge: Judge | undefined =
    signers && ((backup, reading) => judgeForms({ backup, reading, signers, now: now() }));
  const [look] = await Array.fromAsync(lookAtBackups(store, one(backup), signal, judge));
  const task = `Cannot change the tags of ${backup.name} in ${store.url}`;
  if (look === undefined) throw new OperatorError(`${task}: it is gone`);
  const { reading, facts, belief } = look;
  if (belief?.believed === false) throw new UnbelievedError(`${backup.name} in ${store.url}`, belief.reason);
  if (signers === undefined && !unsigned && reading.state === "read" && reading.signature !== undefined) {
    throw new OperatorError(
      `${task}: it is signed, and ALLOWED_SIGNERS does not say whose signatures count`,
      {
        advice: "Set ALLOWED_SIGNERS or ALLOWED_SIGNERS_FILE",
      },
    );
  }
  const said = "note" in facts ? facts.note : knownManifest(facts.inspection);
  if (said === undefined) {
    const reason =
      "inspection" in facts && "reason" in facts.inspection ? facts.inspection.reason : "no note";
    throw new OperatorError(`${task}: it cannot be read: ${reason}`);
  }
  const stored = openStoredTags({ settings, store, now, log });
  return { look, given: said.tags ?? [], later: await stored.later(look.backup, reading, signal) };
}

async function* one<Item>(item: Item): AsyncGenerator<Item> {
  yield item;
}
