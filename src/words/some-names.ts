/**
 * `a, b, c and 2 more`.
 *
 * @param limit maximum number of names; the rest is counted.
 */
export function someNames(names: readonly string[], limit = 3): string {
  const more = names.length - limit;
  return `${names.slice(0, limit).join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}
