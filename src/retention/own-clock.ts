/** One clock for all that retention judges by its age, without I/O. */

/**
 * When things came into a store, by this machine's clock. A store says it by its own, and everything else, the names of
 * backups and now, is by this machine's.
 *
 * @param skew by how many milliseconds the store's clock is ahead of this machine's; undefined where it has told none.
 */
export function byOwnClock<Item extends { lastModified?: Date | undefined }>(
  items: readonly Item[],
  skew: number | undefined,
): Item[] {
  if (skew === undefined) return [...items];
  return items.map((item) => {
    const { lastModified } = item;
    if (lastModified === undefined) return item;
    return { ...item, lastModified: new Date(lastModified.getTime() - skew) };
  });
}
