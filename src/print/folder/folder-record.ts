import { placeOf } from "./file-name.ts";

/** The file in which a folder's export keeps what it wrote, so that the next one knows what it may remove. */
export const RECORD_FILE = ".kube-backup-export";

const TITLE =
  "# Files that kube-backup export wrote; the next export with --force removes those that are gone.";

/** The record of an export: a line for each file, sorted, so that it changes only where they do. */
export function formatRecord(paths: Iterable<string>): string {
  return `${[TITLE, ...[...paths].sort()].join("\n")}\n`;
}

/**
 * The files that a record names. Only paths that an export makes count: what else somebody wrote into it
 * must not be removed. The last line may have been cut off with its export.
 */
export function parseRecord(text: string): Set<string> {
  return new Set(text.split("\n").filter((line) => placeOf(line) !== undefined));
}
