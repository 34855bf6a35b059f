/** Writes the tags of a backup that are set later. */

import { Buffer } from "node:buffer";
import { sha256OfStored } from "../../catalog/stored-bytes.ts";
import { OperatorError } from "../../errors.ts";
import type { Settings } from "../../settings/settings.ts";
import type { AllowedSigner } from "../../signatures/allowed-signers.ts";
import type { SigningKey } from "../../signatures/signing-key.ts";
import { signMessage } from "../../signatures/sshsig.ts";
import type { Store, StoredBackup } from "../../store/contract/store.ts";
import { MAX_TAGS } from "../../store/contract/tag-name.ts";
import { allTags, changeTags, type RefusedTags, type TagChange } from "../../tags/change-tags.ts";
import { tagsPlace } from "../../tags/read-tag-list.ts";
import { formatTagList, signedText } from "../../tags/tag-list.ts";
import { rfc3339 } from "../../time/rfc3339.ts";
import { principalOf } from "../../trust/judge-backup.ts";
import { whyUnused } from "../../trust/own-signature.ts";
import { shellCommand } from "../../words/shell-command.ts";
import type { TaggedBackup } from "./tagged-backup.ts";

/** What is to be done. */
interface WriteTagsOptions {
  store: Store;
  tagged: TaggedBackup;
  change: TagChange;
  settings: Pick<Settings, "signingKey" | "allowedSigners" | "unsigned">;
  now: Date;
}

/**
 * Changes the tags of a backup. Where nothing changes, nothing is written, and where no tag is left that was set later, the
 * list goes.
 *
 * @returns all tags of the backup, and those that were to be taken off and were not there.
 * @throws {OperatorError} where a tag was given with the backup, where nobody would believe the list, and where it cannot be
 * written.
 */
export async function writeTags(
  { store, tagged, change, settings, now }: WriteTagsOptions,
  signal: AbortSignal,
): Promise<{ tags: string[]; absent: string[] }> {
  const { given, look } = tagged;
  const { backup } = look;
  const changed = changeTags(tagged, change);
  if ("refused" in changed) throw refusal(changed, look.backup);
  const { later, absent } = changed;
  const result = { tags: allTags({ given, later }), absent };
  if (!changed.changed) return result;
  const place = tagsPlace(backup.name);
  rejectUnused({ tagged, settings, now });
  if (later.length === 0) {
    await store.beside.remove(place, signal);
    return result;
  }
  const { signingKey } = settings;
  const sha256 = await sha256Of({ store, tagged }, signal);
  const list = { backup: backup.name, sha256, time: rfc3339(now), tags: later };
  const signature = signingKey && signMessage(Buffer.from(signedText(list)), signingKey);
  await store.beside.replace(place, Buffer.from(formatTagList(list, signature)), signal);
  await rejectGone(store, backup.name, signal);
  return result;
}

/** @throws {OperatorError} where the tags would not count. */
function rejectUnused({
  tagged: {
    look: { backup, reading },
  },
  settings: { signingKey, allowedSigners, unsigned },
  now,
}: {
  tagged: TaggedBackup;
  settings: {
    signingKey?: SigningKey | undefined;
    allowedSigners?: readonly AllowedSigner[] | undefined;
    unsigned: boolean;
  };
  now: Date;
}): void {
  if (unsigned || reading.state !== "read") return;
  const principal = principalOf(reading.note);
  const reason = whyUnused({ signingKey, allowedSigners, principal }, now);
  if (reason === undefined) return;
  throw new OperatorError(`Cannot change the tags of ${backup.name}: they would not count: ${reason}`, {
    advice: `Set SIGNING_KEY or SIGNING_KEY_FILE to a key that ALLOWED_SIGNERS names for ${principal}`,
  });
}

/** @throws {OperatorError} where retention has removed the backup meanwhile: nobody may believe that the tag has kept it. */
async function rejectGone(store: Store, name: string, signal: AbortSignal): Promise<void> {
  if (await store.has(name, signal)) return;
  await store.beside.remove(tagsPlace(name), signal);
  throw new OperatorError(`Cannot tag ${name}: it has been removed from ${store.url} meanwhile`);
}

/** SHA-256 of the stored bytes: as the note says, or where no note is of them, by reading them. */
async function sha256Of(
  { store, tagged: { look } }: Pick<WriteTagsOptions, "store" | "tagged">,
  signal: AbortSignal,
): Promise<string> {
  if ("note" in look.facts) return look.facts.note.sha256;
  return await sha256OfStored(store, look.backup.name, signal);
}

function refusal(changed: RefusedTags, { name }: Pick<StoredBackup, "name">): OperatorError {
  if (changed.refused === "many") {
    return new OperatorError(
      `Cannot tag ${name}: it would have ${changed.count} tags that were set later, and ${MAX_TAGS} are the most`,
      { advice: `Take some off: ${shellCommand`kube-backup untag ${name} TAG`}` },
    );
  }
  const which = changed.tags.join(", ");
  return new OperatorError(
    `Cannot untag ${name}: it was given ${which} when it was taken, and its archive says so for good`,
    {
      advice: `Only deleting the backup would take it away: ${shellCommand`kube-backup delete --force ${name}`}`,
    },
  );
}
