import { ArchiveBudget } from "../archive/archive-budget.ts";
import { inOrder } from "../concurrency/in-order.ts";
import type { Note } from "../notes/note.ts";
import { type NoteReading, readNote } from "../notes/read-note.ts";
import { fileOfBackup } from "../store/contract/backup-name.ts";
import { formsOf } from "../store/contract/one-of-each-name.ts";
import type { Store, StoredBackup } from "../store/contract/store.ts";
import type { Belief, JudgedBackup } from "../trust/judge-backup.ts";
import { readCheck, recordedChecks } from "./check-record.ts";
import { inspectBackup } from "./inspect-backup.ts";
import type { Inspection } from "./inspection.ts";

/** How many backups are looked at at once: each takes one small request, or a few where it has no note. */
const CONCURRENCY = 16;

/** What is known of a backup by its note or, where it has none that fits, by its archive. */
export interface Look {
  backup: StoredBackup;
  reading: NoteReading;
  /** By which of the two. */
  facts: { note: Note } | { inspection: Inspection };
  /** When every byte was last found valid, where that is recorded. */
  checked: Date | undefined;
  /** Where somebody judges. */
  belief?: Belief | undefined;
  /** The file of the other form, where the note has decided between two. */
  ignored?: string | undefined;
}

/** Whether a backup is believed; of two forms, which one. */
export type Judge = (backup: StoredBackup, reading: NoteReading) => JudgedBackup;

/**
 * Looks at backups, and yields what is known of them in order. Skips backups that no longer exist.
 *
 * @throws {OperatorError} where the store cannot be read.
 */
export async function* lookAtBackups(
  store: Store,
  backups: AsyncIterable<StoredBackup>,
  signal: AbortSignal,
  judge?: Judge,
): AsyncGenerator<Look> {
  const budget = new ArchiveBudget();
  // One listing spares a request for each backup of which nothing is recorded.
  const recorded = await recordedChecks(store, signal);
  const looks = inOrder(backups, CONCURRENCY, async (listed) => {
    const readsCheck = (name: string) => recorded.has(name);
    return await lookAtBackup(store, listed, signal, { judge, budget, readsCheck });
  });
  for await (const look of looks) if (look !== undefined) yield look;
}

/** Looks at one backup; undefined where it no longer exists. */
export async function lookAtBackup(
  store: Store,
  listed: StoredBackup,
  signal: AbortSignal,
  {
    judge,
    budget = new ArchiveBudget(),
    readsCheck = () => true,
  }: {
    judge?: Judge | undefined;
    budget?: ArchiveBudget;
    /** Whether there may be a record of a full check. */
    readsCheck?: (name: string) => boolean;
  } = {},
): Promise<Look | undefined> {
  const reading = await readNote(store, listed.name, signal);
  const { backup, belief } = judge?.(listed, reading) ?? { backup: listed, belief: undefined };
  const other = formsOf(listed).find(({ form }) => listed.form !== backup.form && form !== backup.form);
  const ignored = other && fileOfBackup(other.name, other.form);
  const checked = readsCheck(backup.name) ? await readCheck(store, backup, signal) : undefined;
  if (fits(reading, backup))
    return { backup, reading, facts: { note: reading.note }, checked, belief, ignored };
  const inspection = await inspectBackup(store, backup.name, signal, { budget });
  return inspection && { backup, reading, facts: { inspection }, checked, belief };
}

/** Whether a note is of what lies in the store, as far as its name and size tell. */
function fits(
  reading: NoteReading,
  { name, form, size }: StoredBackup,
): reading is NoteReading & { state: "read" } {
  if (reading.state !== "read" || form === "both") return false;
  return reading.note.object === fileOfBackup(name, form) && reading.note.bytes === size;
}
