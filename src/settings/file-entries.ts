/** Entries of the configuration file, as the settings take them. */

/** An entry that counts unless the environment or a flag says otherwise. */
export interface FileEntry {
  text: string;
  /** The profile that it is of; undefined for an entry at the top. */
  profile: string | undefined;
  /** What messages call it: `frequency (profile blue of /home/ops/.config/kube-backup/config.yaml)`. */
  label: string;
}

/** The entries of the file that count, by name. */
export type FileEntries = ReadonlyMap<string, FileEntry>;

/** No file. */
export const NO_ENTRIES: FileEntries = new Map();

/** The name of the entry of a setting that has no flag: `aws-region`. */
export function entryOfVariable(variable: string): string {
  return variable.toLowerCase().replaceAll("_", "-");
}
