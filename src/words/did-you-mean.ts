import { closest, distance } from "fastest-levenshtein";

/** The maximum edit distance at which a word counts as a typo. */
const MAX_DISTANCE = 2;

/** The end of a message about an unknown word: `: did you mean list?`, or empty when no candidate is near. */
export function didYouMean(word: string, candidates: readonly string[]): string {
  if (candidates.length === 0) return "";
  const nearest = closest(word, candidates);
  return distance(word, nearest) <= MAX_DISTANCE ? `: did you mean ${nearest}?` : "";
}

/** The candidates, the most similar to a word first. */
export function nearestFirst(word: string, candidates: readonly string[]): string[] {
  return candidates
    .map((candidate) => ({ candidate, away: distance(word, candidate) }))
    .sort((one, other) => one.away - other.away)
    .map(({ candidate }) => candidate);
}
