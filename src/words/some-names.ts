/**
 * `a, b, c and 2 more`.
 *
 * @param limit maximum number of names; the rest is counted.
 * @param total number of all names, where `names` are only the first of them.
 */
export function someNames(names: readonly string[], limit = 3, total = names.length): string {
  const shown = names.slice(0, limit);
  const more = total - shown.length;
  return `${shown.join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}
