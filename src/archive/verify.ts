import { DamagedArchiveError } from "./format/damaged-archive-error.ts";
import type { Archive } from "./reader.ts";

/** Damaged places that an error names; it counts the rest. */
const NAMED = 3;

/** How far a check has come, in unpacked bytes. */
export interface VerifyProgress {
  done: number;
  total: number;
}

/**
 * Reads every byte of an archive. Each file is checked against the manifest (size, SHA-256, form and
 * number of objects) and the zip against itself, so that no byte is left that nothing vouches for:
 * docs/archive-format.md, "Checking". That no file is missing, doubled or unlisted was checked when the
 * archive was opened.
 *
 * @throws {DamagedArchiveError} naming the damaged places.
 */
export async function verifyArchive(
  archive: Archive,
  signal: AbortSignal,
  onProgress?: (progress: VerifyProgress) => void,
): Promise<void> {
  const { files } = archive.manifest;
  const total = files.reduce((sum, { bytes }) => sum + bytes, 0);
  const damaged: DamagedArchiveError[] = [];
  const collect = async (check: Promise<void>) => {
    try {
      await check;
    } catch (error) {
      if (!(error instanceof DamagedArchiveError)) throw error;
      damaged.push(error);
    }
  };
  let done = 0;
  for (const file of files) {
    await collect(archive.check(file, signal));
    done += file.bytes;
    onProgress?.({ done, total });
  }
  await collect(archive.checkRest(signal));
  if (damaged.length === 0) return;
  const reasons = damaged.slice(0, NAMED).map(({ reason }) => reason);
  if (damaged.length > NAMED) reasons.push(`and ${damaged.length - NAMED} more places`);
  throw new DamagedArchiveError(archive.name, reasons.join("; "), { cause: damaged[0] });
}
