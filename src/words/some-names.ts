/**
 * `a, b, c and 2 more`.
 *
 * @param most maximum number of names; the rest is counted.
 */
export function someNames(names: readonly string[], most = 3): string {
  const more = names.length - most;
  return `${names.slice(0, most).join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}
