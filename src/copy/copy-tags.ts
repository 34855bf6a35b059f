/** The tags that were set later, beside a backup that is copied. */

import type { Buffer } from "node:buffer";
import type { NoteReading } from "../notes/read-note.ts";
import type { AllowedSigner } from "../signatures/allowed-signers.ts";
import { ForeignSideObjectError } from "../store/contract/side-objects.ts";
import type { Store, StoredBackup } from "../store/contract/store.ts";
import { judgeTagList } from "../tags/judge-tag-list.ts";
import { type TagListReading, tagListOfBytes, tagsPlace } from "../tags/read-tag-list.ts";
import type { Log } from "../terminal/log/log.ts";

/** Which tags count. */
export interface TagRules {
  /** Whose signatures count; undefined where nobody has said, so that what is not signed counts. */
  signers: readonly AllowedSigner[] | undefined;
  now: () => Date;
  log: Pick<Log, "warn" | "info">;
}

/**
 * What became of them. `none`: none were set later, or they do not count. `kept`: the second store has later ones, which
 * stay.
 */
export type CopiedTags = "none" | "present" | "copied" | "kept";

/** The lists of both stores, as far as they count. */
export interface TagLists {
  /** When it was written, RFC 3339; undefined where there is none that counts. */
  here: string | undefined;
  there: string | undefined;
  /** Whether both have the same bytes. */
  same: boolean;
}

/** Decides which list of tags the second store has afterwards: the later one. */
export function chooseTags({ here, there, same }: TagLists): CopiedTags {
  if (here === undefined) return "none";
  if (same) return "present";
  return there !== undefined && there > here ? "kept" : "copied";
}

/** What {@link copyTags} needs. */
export interface CopyTagsOptions extends TagRules {
  from: Store;
  to: Store;
  backup: Pick<StoredBackup, "name" | "time" | "size" | "form">;
  note: NoteReading;
}

/**
 * Copies the list of tags beside a backup.
 *
 * @throws {OperatorError} where a store cannot be read or written.
 */
export async function copyTags(options: CopyTagsOptions, signal: AbortSignal): Promise<CopiedTags> {
  const { to, backup, log } = options;
  const { chosen, bytes } = await planTags(options, signal);
  if (chosen === "kept")
    log.info({ backup: backup.name }, "The second store has tags that were set after these, which stay");
  if (chosen === "copied" && bytes !== undefined)
    await to.beside.replace(tagsPlace(backup.name), bytes, signal);
  return chosen;
}

/**
 * Decides what becomes of the list of tags beside a backup. Writes nothing.
 *
 * @returns that, and the list.
 * @throws {OperatorError} where a store cannot be read.
 */
export async function planTags(
  { from, to, backup, note, signers, now, log }: CopyTagsOptions,
  signal: AbortSignal,
): Promise<{ chosen: CopiedTags; bytes: Buffer | undefined }> {
  const judge = (reading: TagListReading) => judgeTagList({ backup, note, reading, signers, now: now() });
  const here = await readBytes(from, backup.name, signal);
  const { bytes } = here;
  if (here.reading.state === "none") return { chosen: "none", bytes };
  const judgment = judge(here.reading);
  if (!judgment.counts) {
    const { reason } = judgment;
    log.warn({ backup: backup.name, reason }, "The tags that were set later are not copied");
    return { chosen: "none", bytes };
  }
  const there = await readBytes(to, backup.name, signal);
  const timeOf = ({ reading }: { reading: TagListReading }) =>
    reading.state === "read" && judge(reading).counts ? reading.list.time : undefined;
  const same = bytes !== undefined && there.bytes?.equals(bytes) === true;
  return { chosen: chooseTags({ here: timeOf(here), there: timeOf(there), same }), bytes };
}

async function readBytes(
  store: Store,
  backup: string,
  signal: AbortSignal,
): Promise<{ bytes: Buffer | undefined; reading: TagListReading }> {
  try {
    const bytes = await store.beside.read(tagsPlace(backup), signal);
    return { bytes, reading: bytes === undefined ? { state: "none" } : tagListOfBytes(bytes) };
  } catch (error) {
    if (!(error instanceof ForeignSideObjectError)) throw error;
    return { bytes: undefined, reading: { state: "unreadable", reason: error.reason } };
  }
}
