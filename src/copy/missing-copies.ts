/** Which backups a loop copies when it begins, without I/O. */

/** What the two stores hold. */
export interface BothStores<Backup> {
  /** The newest of the first store, oldest first. */
  newest: readonly Backup[];
  /** The names of backups in the second store. */
  copied: ReadonlySet<string>;
  /** The names of backups of which the second store has a note. */
  noted: ReadonlySet<string>;
}

/**
 * The backups that are missing in the second store, since its first. One that was removed there, by retention or by name, has
 * left its note, and is not missing: a copy would bring it back, again and again. A note that is newer than all copies is that
 * of a copy which was killed. A second store without any of them is a new one, which begins with the newest.
 */
export function missingCopies<Backup extends { name: string }>({
  newest,
  copied,
  noted,
}: BothStores<Backup>): Backup[] {
  const first = newest.findIndex(({ name }) => copied.has(name) || noted.has(name));
  if (first < 0) return newest.slice(-1);
  const last = newest.findLastIndex(({ name }) => copied.has(name));
  return newest.filter(
    ({ name }, index) => index >= first && !copied.has(name) && (index > last || !noted.has(name)),
  );
}
