/** Whom ALLOWED_SIGNERS has believed, without I/O. */

import type { Note } from "../notes/note.ts";
import type { NoteReading } from "../notes/read-note.ts";
import type { AllowedSigner } from "../signatures/allowed-signers.ts";
import { fileOfBackup } from "../store/contract/backup-name.ts";
import { formsOf } from "../store/contract/one-of-each-name.ts";
import type { StoredBackup } from "../store/contract/store.ts";
import { rfc3339 } from "../time/rfc3339.ts";
import { judgeText } from "./judge-text.ts";

/** How far the signed time may be ahead of this machine's clock, in milliseconds: clocks differ a little. */
export const CLOCK_ALLOWANCE = 5 * 60_000;

/** Whether a backup is believed. The reason is a sentence without its full stop. */
export type Belief = { believed: true; note: Note; noteSha256: string } | { believed: false; reason: string };

/** What is known of a backup before it is opened. */
export interface Question {
  backup: Pick<StoredBackup, "name" | "time" | "size" | "form">;
  reading: NoteReading;
  signers: readonly AllowedSigner[];
  now: Date;
}

/** A backup and whether it is believed. */
export interface JudgedBackup {
  /** Of one that is there in two forms, the one that is believed; both where none is. */
  backup: StoredBackup;
  belief: Belief;
}

/** Who signs for a cluster: its name, or its uid where it has none. */
export function principalOf({ cluster }: Pick<Note, "cluster">): string {
  return cluster.name ?? cluster.id;
}

/**
 * Judges a backup by its note: that an allowed signer has signed it, when it says, and that it is of what lies there under
 * this name. Whether the archive's bytes are those of the note shows when the archive is opened.
 */
export function judgeBackup({ backup, reading, signers, now }: Question): Belief {
  if (reading.state === "none") return no("it has no note, and so no signature");
  if (reading.state === "unreadable") return no(`its note cannot be used: ${reading.reason}`);
  const { note, text, signature } = reading;
  const time = new Date(note.time);
  const words = { subject: "its note is", signature: "the signature of its note" };
  const judgment = judgeText({ text, signature, principal: principalOf(note), time }, signers, words);
  if (!judgment.believed) return no(judgment.reason);
  const { name, form } = backup;
  if (form === "both") return no("there are two of its name, one encrypted and one not");
  if (note.object !== fileOfBackup(name, form)) return no(`its note is of ${note.object}`);
  if (time.getTime() !== backup.time.getTime())
    return no(`it was signed at ${note.time}, and is named otherwise`);
  if (time.getTime() > now.getTime() + CLOCK_ALLOWANCE)
    return no(`it was signed at ${note.time}, which is in the future: it is ${rfc3339(now)} here`);
  if (note.bytes !== backup.size)
    return no(`it has ${backup.size} bytes, and its note is of an archive of ${note.bytes}`);
  return { believed: true, note, noteSha256: reading.sha256 };
}

/** The same for one that may be there in two forms: the form that the signed note is of counts. */
export function judgeForms({ backup, ...asked }: Question & { backup: StoredBackup }): JudgedBackup {
  const judged = formsOf(backup).map((form) => ({
    backup: form,
    belief: judgeBackup({ backup: form, ...asked }),
  }));
  return (
    judged.find(({ belief }) => belief.believed) ?? { backup, belief: judgeBackup({ backup, ...asked }) }
  );
}

function no(reason: string): Belief {
  return { believed: false, reason };
}
