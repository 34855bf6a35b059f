import { closest, distance } from "fastest-levenshtein";

/** Up to these differences, one word is a slip for another. */
const NEAR = 2;

/** What ends a message about an unknown word: `: did you mean list?`, or nothing where no candidate is near. */
export function didYouMean(word: string, candidates: readonly string[]): string {
  if (candidates.length === 0) return "";
  const nearest = closest(word, candidates);
  return distance(word, nearest) <= NEAR ? `: did you mean ${nearest}?` : "";
}
