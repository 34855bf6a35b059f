/** Whether tags that were set later count, without I/O. */

import type { NoteReading } from "../notes/read-note.ts";
import type { AllowedSigner } from "../signatures/allowed-signers.ts";
import { fileOfBackup } from "../store/contract/backup-name.ts";
import type { StoredBackup } from "../store/contract/store.ts";
import { rfc3339 } from "../time/rfc3339.ts";
import { CLOCK_ALLOWANCE, judgeBackup, principalOf } from "../trust/judge-backup.ts";
import { judgeText } from "../trust/judge-text.ts";
import type { TagListReading } from "./read-tag-list.ts";
import { signedText, type TagList } from "./tag-list.ts";

/** What is known of a backup and of its tags. */
export interface TagQuestion {
  backup: Pick<StoredBackup, "name" | "time" | "size" | "form">;
  note: NoteReading;
  reading: TagListReading;
  /** Whose signatures count; undefined where nobody has said, so that what is not signed counts. */
  signers: readonly AllowedSigner[] | undefined;
  now: Date;
}

/** Whether the tags count. The reason is a sentence without its full stop. */
export type TagJudgment = { counts: true; tags: readonly string[] } | { counts: false; reason: string };

/**
 * Judges the tags of a backup that were set later: that they are of this backup and of its bytes, and where
 * ALLOWED_SIGNERS is set, that somebody has signed them who may sign that cluster's backups.
 */
export function judgeTagList({ backup, note, reading, signers, now }: TagQuestion): TagJudgment {
  if (reading.state === "none") return { counts: true, tags: [] };
  if (reading.state === "unreadable") return no(`they cannot be used: ${reading.reason}`);
  const { list } = reading;
  if (list.backup !== backup.name) return no(`they are of ${list.backup}`);
  if (signers !== undefined) {
    const belief = judgeBackup({ backup, reading: note, signers, now });
    if (!belief.believed) return no(`the backup is not used: ${belief.reason}`);
    const objection = objectionToSigner(reading, { principal: principalOf(belief.note), signers, now });
    if (objection !== undefined) return no(objection);
  }
  if (isOfBackup(note, backup) && note.note.sha256 !== list.sha256) return no("they are of other bytes");
  return { counts: true, tags: list.tags };
}

/** Whether a note is of the bytes that have the name, as far as its name and size tell. */
function isOfBackup(
  note: NoteReading,
  { name, form, size }: TagQuestion["backup"],
): note is NoteReading & { state: "read" } {
  if (note.state !== "read" || form === "both") return false;
  return note.note.object === fileOfBackup(name, form) && note.note.bytes === size;
}

function objectionToSigner(
  { list, signature }: { list: TagList; signature: string | undefined },
  { principal, signers, now }: { principal: string; signers: readonly AllowedSigner[]; now: Date },
): string | undefined {
  const time = new Date(list.time);
  const words = { subject: "they are", signature: "their signature" };
  const judgment = judgeText({ text: signedText(list), signature, principal, time }, signers, words);
  if (!judgment.believed) return judgment.reason;
  if (time.getTime() > now.getTime() + CLOCK_ALLOWANCE)
    return `they were signed at ${list.time}, which is in the future: it is ${rfc3339(now)} here`;
  return undefined;
}

function no(reason: string): TagJudgment {
  return { counts: false, reason };
}
