/** What stands for what was left out. */
const GAP = "…";
/** What is kept in front of the first difference of two texts. */
const CONTEXT = 16;

/** The text, or its beginning where it is longer than `width`. */
export function shorten(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, Math.max(1, width - 1))}${GAP}`;
}

/**
 * Two texts, each within `width`, so that what differs can be seen: where they are too long, what they
 * begin with alike is left out, but for a few letters.
 */
export function shortenPair(left: string, right: string, width: number): [string, string] {
  if (left.length <= width && right.length <= width) return [left, right];
  const from = Math.max(0, commonLength(left, right) - CONTEXT);
  const cut = (text: string) => shorten(from < 2 ? text : `${GAP}${text.slice(from)}`, width);
  return [cut(left), cut(right)];
}

function commonLength(left: string, right: string): number {
  let length = 0;
  while (length < left.length && left[length] === right[length]) length += 1;
  return length;
}
