import { DamagedArchiveError } from "./damaged-archive-error.ts";
import type { Archive } from "./reader.ts";

/** Damaged files that an error names; it counts the rest. */
const NAMED = 3;

/** How far a check has come, in unpacked bytes. */
export interface VerifyProgress {
  done: number;
  total: number;
}

/**
 * Reads every file of an archive and checks it against the manifest: size, SHA-256, CRC-32, form and
 * number of objects. That no file is missing, doubled or unlisted was checked when it was opened.
 *
 * @throws {DamagedArchiveError} naming the damaged files.
 */
export async function verifyArchive(
  archive: Archive,
  signal: AbortSignal,
  onProgress?: (progress: VerifyProgress) => void,
): Promise<void> {
  const { files } = archive.manifest;
  const total = files.reduce((sum, { bytes }) => sum + bytes, 0);
  const damaged: DamagedArchiveError[] = [];
  let done = 0;
  for (const file of files) {
    try {
      await archive.check(file, signal);
    } catch (error) {
      if (!(error instanceof DamagedArchiveError)) throw error;
      damaged.push(error);
    }
    done += file.bytes;
    onProgress?.({ done, total });
  }
  if (damaged.length === 0) return;
  const reasons = damaged.slice(0, NAMED).map(({ reason }) => reason);
  if (damaged.length > NAMED) reasons.push(`and ${damaged.length - NAMED} more files`);
  throw new DamagedArchiveError(archive.name, reasons.join("; "), { cause: damaged[0] });
}
