/** How many objects a difference names. */
const NAMED = 3;

/**
 * How what was recorded differs from a backup of the same moment, in words; undefined where they are equal.
 *
 * @param recorded digests by resource and key.
 */
export function differenceOf(
  recorded: ReadonlyMap<string, string>,
  backup: ReadonlyMap<string, string>,
): string | undefined {
  const different = [
    ...[...recorded].filter(([key, digest]) => backup.get(key) !== digest).map(([key]) => key),
    ...[...backup.keys()].filter((key) => !recorded.has(key)),
  ];
  if (different.length === 0) return undefined;
  const names = different.slice(0, NAMED).join(", ");
  const more = different.length > NAMED ? `, and ${different.length - NAMED} more` : "";
  return `the change log and the backup differ in ${names}${more}`;
}
