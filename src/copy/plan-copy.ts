import type { StoredBackup } from "../store/contract/store.ts";
import { apparentDifference, otherBytes } from "./check-present.ts";
import type { CopyOptions } from "./copy-backup.ts";
import { findNote, readNoteToCopy } from "./copy-note.ts";
import { type CopiedTags, planTags } from "./copy-tags.ts";

/** What a copy would do with a backup. */
export interface PlannedCopy {
  /** `present`: what has its name in the second store has its length and form. */
  outcome: "planned" | "present";
  /** Of what is stored, in bytes. */
  size: number;
  /** Whether a note would be beside it in the second store. */
  noted: boolean;
  tags: CopiedTags;
}

/**
 * Finds out what a copy of a backup would do, without its bytes: what is damaged, or has other bytes of the same length there,
 * only the copy itself finds. Writes nothing.
 *
 * @throws as `copyBackup`, as far as names, lengths and notes tell.
 */
export async function planCopy(
  { from, to, backup, there, ...rules }: Omit<CopyOptions, "onProgress">,
  signal: AbortSignal,
): Promise<PlannedCopy> {
  const source = await from.openStored(backup.name, signal);
  try {
    const { bytes, reading } = await readNoteToCopy({ from, source }, signal);
    const { size, form = "zip" } = source;
    if (there !== undefined) rejectDifferent({ to, source, form, there });
    await findNote({ to, backup: backup.name, bytes }, signal);
    const stored: StoredBackup = { ...backup, size, form };
    const { chosen: tags } = await planTags({ from, to, backup: stored, note: reading, ...rules }, signal);
    return { outcome: there === undefined ? "planned" : "present", size, noted: bytes !== undefined, tags };
  } finally {
    await source.close();
  }
}

function rejectDifferent(
  present: Parameters<typeof otherBytes>[0] & Parameters<typeof apparentDifference>[0],
): void {
  const difference = apparentDifference(present);
  if (difference !== undefined) throw otherBytes(present, difference);
}
