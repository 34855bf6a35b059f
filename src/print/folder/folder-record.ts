import { parseObjectFile } from "./file-name.ts";

/** The record of the files that an export wrote. The next export removes only recorded files. */
export const RECORD_FILE = ".kube-backup-export";

const TITLE =
  "# Files that kube-backup export wrote; the next export with --force removes those that are gone.";

/** Formats the record: one sorted line per file, so that equal exports have equal records. */
export function formatRecord(paths: Iterable<string>): string {
  return `${[TITLE, ...[...paths].sort()].join("\n")}\n`;
}

/**
 * The files that a record lists. Other paths than those of an export are ignored, since a path that somebody added
 * must not be removed. The last line may be truncated when the export was killed.
 */
export function parseRecord(text: string): Set<string> {
  return new Set(text.split("\n").filter((line) => parseObjectFile(line) !== undefined));
}
