import { BackupExistsError } from "../../store/contract/backup-exists-error.ts";
import type { Segments } from "../../store/contract/segments.ts";
import { parsePackName } from "../format/pack-name.ts";
import { type LogFile, logFileOf } from "../replay/plan-files.ts";
import { type MadePack, packHolds } from "./make-pack.ts";

/** A pack to store. */
interface NewPack {
  segments: Segments;
  timeline: string;
  made: MadePack;
}

/**
 * Stores a pack, and reads it back.
 *
 * @returns the pack as the store has it; undefined where that does not hold what was packed.
 * @throws {OperatorError} where the store does not let it be done.
 */
export async function storePack(pack: NewPack, signal: AbortSignal): Promise<LogFile | undefined> {
  const { segments, timeline, made } = pack;
  try {
    await segments.create({ timeline, file: made.file }, made.bytes, signal);
  } catch (error) {
    // An earlier attempt, or another program, has stored it: what it holds is looked at.
    if (!(error instanceof BackupExistsError)) throw error;
  }
  return await provenPack(pack, signal);
}

async function provenPack(
  { segments, timeline, made }: NewPack,
  signal: AbortSignal,
): Promise<LogFile | undefined> {
  const place = { timeline, file: made.file };
  const name = parsePackName(made.file);
  const end = made.bytes.length;
  const stored = await segments.readRange(place, { start: 0, end }, signal);
  if (stored === undefined || name === undefined) return undefined;
  const isSame = stored.equals(made.bytes);
  if (!isSame && !(await packHolds(stored, { timeline, name }, made.segments))) return undefined;
  return logFileOf({ place, size: end });
}
