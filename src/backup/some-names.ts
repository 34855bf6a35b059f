/** Names that a warning gives; it counts the rest. */
const NAMED = 3;

/** `a, b, c and 2 more`. */
export function someNames(names: readonly string[]): string {
  const more = names.length > NAMED ? ` and ${names.length - NAMED} more` : "";
  return `${names.slice(0, NAMED).join(", ")}${more}`;
}
