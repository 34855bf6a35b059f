/**
 * Compares two resource versions: decimal numbers of any length.
 *
 * https://github.com/kubernetes/enhancements/tree/master/keps/sig-api-machinery/5504-comparable-resource-version
 *
 * @returns a negative number where the first is older, and 0 where they are equal.
 */
export function compareRevisions(one: string, other: string): number {
  if (one.length !== other.length) return one.length - other.length;
  if (one === other) return 0;
  return one < other ? -1 : 1;
}
