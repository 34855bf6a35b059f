import { ArchiveBudget } from "../archive/archive-budget.ts";
import { inOrder } from "../concurrency/in-order.ts";
import type { Note } from "../notes/note.ts";
import { type NoteReading, readNote } from "../notes/read-note.ts";
import { fileOfBackup } from "../store/contract/backup-name.ts";
import type { Store, StoredBackup } from "../store/contract/store.ts";
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
}

/**
 * Looks at backups, and yields what is known of them in order. Skips backups that no longer exist.
 *
 * @throws {OperatorError} where the store cannot be read.
 */
export async function* lookAtBackups(
  store: Store,
  backups: AsyncIterable<StoredBackup>,
  signal: AbortSignal,
): AsyncGenerator<Look> {
  const budget = new ArchiveBudget();
  // One listing spares a request for each backup of which nothing is recorded.
  const recorded = await recordedChecks(store, signal);
  const looks = inOrder(backups, CONCURRENCY, async (backup): Promise<Look | undefined> => {
    const reading = await readNote(store, backup.name, signal);
    const checked = recorded.has(backup.name) ? await readCheck(store, backup, signal) : undefined;
    if (fits(reading, backup)) return { backup, reading, facts: { note: reading.note }, checked };
    const inspection = await inspectBackup(store, backup.name, signal, { budget });
    return inspection && { backup, reading, facts: { inspection }, checked };
  });
  for await (const look of looks) if (look !== undefined) yield look;
}

/** Whether a note is of what lies in the store, as far as its name and size tell. */
function fits(
  reading: NoteReading,
  { name, form, size }: StoredBackup,
): reading is NoteReading & { state: "read" } {
  if (reading.state !== "read" || form === "both") return false;
  return reading.note.object === fileOfBackup(name, form) && reading.note.bytes === size;
}
