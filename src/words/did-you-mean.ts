import { distance } from "fastest-levenshtein";

/** The maximum edit distance at which a word counts as a typo. */
const MAX_DISTANCE = 2;

/** The end of a message about an unknown word: `: did you mean list?`, or empty when no candidate is near. */
export function didYouMean(word: string, candidates: readonly string[]): string {
  const [nearest] = candidates
    .map((candidate) => ({ candidate, edits: editsBetween(word, candidate) }))
    .filter(({ edits }) => edits !== undefined)
    .sort((left, right) => (left.edits ?? 0) - (right.edits ?? 0));
  return nearest === undefined ? "" : `: did you mean ${nearest.candidate}?`;
}

/** Number of edits; undefined where they would replace half a word or more, which is no typo: "pods" is no "ds". */
function editsBetween(word: string, candidate: string): number | undefined {
  const [left, right] = [withoutDashes(word), withoutDashes(candidate)];
  const edits = distance(left, right);
  const isTypo = edits * 2 < Math.min(left.length, right.length) || sorted(left) === sorted(right);
  return edits <= MAX_DISTANCE && isTypo ? edits : undefined;
}

/** Two letters in the wrong order are two edits, and one typo. */
function sorted(word: string): string {
  return [...word].sort().join("");
}

/** The dashes before a flag are not part of what was mistyped. */
function withoutDashes(word: string): string {
  return word.replace(/^-+/, "");
}

/** The candidates, the most similar to a word first. */
export function nearestFirst(word: string, candidates: readonly string[]): string[] {
  return candidates
    .map((candidate) => ({ candidate, away: distance(word, candidate) }))
    .sort((one, other) => one.away - other.away)
    .map(({ candidate }) => candidate);
}
