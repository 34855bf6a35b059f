/** The mark of omitted text. */
const ELLIPSIS = "…";
/** Characters of context before the first difference of two texts. */
const CONTEXT = 16;

/** Shortens a text to `width` characters. */
export function shorten(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, Math.max(1, width - 1))}${ELLIPSIS}`;
}

/**
 * Shortens two texts to `width` characters each, so that their difference stays visible: the common prefix
 * is omitted, except for a few characters.
 */
export function shortenPair(left: string, right: string, width: number): [string, string] {
  if (left.length <= width && right.length <= width) return [left, right];
  const from = Math.max(0, commonLength(left, right) - CONTEXT);
  const cut = (text: string) => shorten(from < 2 ? text : `${ELLIPSIS}${text.slice(from)}`, width);
  return [cut(left), cut(right)];
}

function commonLength(left: string, right: string): number {
  let length = 0;
  while (length < left.length && left[length] === right[length]) length += 1;
  return length;
}
