import type { Buffer } from "node:buffer";
import { DamagedArchiveError } from "./format/damaged-archive-error.ts";
import type { ManifestFile } from "./format/manifest.ts";
import type { Archive } from "./reader.ts";

/** How many damaged places an error names; the rest is counted. */
const NAMED = 3;

/** The progress of a check, in unpacked bytes. */
export interface VerifyProgress {
  done: number;
  total: number;
}

/** Who follows a check. */
export interface VerifyObserver {
  onProgress?: ((progress: VerifyProgress) => void) | undefined;
  /** Called with the JSON of the objects of a file, some at a time, each as it was checked: what is to be known of all objects needs no second reading. */
  onObjects?: ((file: ManifestFile, objects: readonly Buffer[]) => void) | undefined;
}

/**
 * Reads every byte of an archive. Each file is checked against the manifest (size, SHA-256, form and number of
 * objects), and the zip against itself, so that every byte is covered: docs/archive-format.md, "Checking". Opening the
 * archive has already checked that no file is missing, duplicated or unlisted.
 *
 * @throws {DamagedArchiveError} with the damaged places.
 */
export async function verifyArchive(
  archive: Archive,
  signal: AbortSignal,
  { onProgress, onObjects }: VerifyObserver = {},
): Promise<void> {
  const { files } = archive;
  const total = files.bytes;
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
    await collect(archive.check(file, signal, onObjects && ((objects) => onObjects(file, objects))));
    done += file.bytes;
    onProgress?.({ done, total });
  }
  await collect(archive.checkRest(signal));
  if (damaged.length === 0) return;
  const reasons = damaged.slice(0, NAMED).map(({ reason }) => reason);
  if (damaged.length > NAMED) reasons.push(`and ${damaged.length - NAMED} more places`);
  throw new DamagedArchiveError(archive.name, reasons.join("; "), { cause: damaged[0] });
}
