/** Two texts side by side: which lines are alike, and which words of the others differ. */

import { diffArrays, diffWordsWithSpace } from "diff";

/** A line: pieces that both sides have and pieces that only this side has, in turn; the first may be empty. */
export type Line = string | string[];

/** Lines that both sides have, or lines of each side that stand for one another. */
export type AlignedLines = { both: string[] } | { left: Line[]; right: Line[] };

/** Texts that differ in more lines than this are not worth the time of being aligned. */
const MOST_EDITS = 1000;
/** The same for words, in characters of a line. */
const LONGEST_LINE = 2000;
/** Where more than this share of both lines differs, marking words tells nothing. */
const MOSTLY_CHANGED = 0.75;

/** Aligns the lines of two texts; undefined stands for a side without any. */
export function alignLines(left: string | undefined, right: string | undefined): AlignedLines[] {
  const leftLines = left?.split("\n") ?? [];
  const rightLines = right?.split("\n") ?? [];
  if (left === undefined || right === undefined) return [{ left: leftLines, right: rightLines }];
  const changes = diffArrays(leftLines, rightLines, { maxEditLength: MOST_EDITS });
  if (changes === undefined) return [{ left: leftLines, right: rightLines }];
  const aligned: AlignedLines[] = [];
  let open: { left: string[]; right: string[] } | undefined;
  for (const { added, removed, value } of changes) {
    if (!added && !removed) {
      aligned.push({ both: value });
      open = undefined;
      continue;
    }
    if (open === undefined) {
      open = { left: [], right: [] };
      aligned.push(open);
    }
    open[added ? "right" : "left"].push(...value);
  }
  return aligned.map((lines) => ("both" in lines ? lines : withChangedWords(lines)));
}

function withChangedWords({ left, right }: { left: Line[]; right: Line[] }): AlignedLines {
  const pairs = left.map((line, index) => changedWords(line as string, right[index] as string | undefined));
  return {
    left: pairs.map((pair) => pair.left),
    right: right.map((line, index) => pairs[index]?.right ?? line),
  };
}

/** Marks what differs between two lines, unless that is nearly everything. */
export function changedWords(
  left: string,
  right: string | undefined,
): { left: Line; right: Line | undefined } {
  if (right === undefined || left === "" || right === "") return { left, right };
  const pieces =
    left.length + right.length > 2 * LONGEST_LINE ? betweenEnds(left, right) : piecesByWords(left, right);
  const same = pieces.left.reduce((sum, piece, index) => sum + (index % 2 === 0 ? piece.length : 0), 0);
  return same < (1 - MOSTLY_CHANGED) * Math.max(left.length, right.length) ? { left, right } : pieces;
}

function piecesByWords(left: string, right: string): { left: string[]; right: string[] } {
  const pieces: { left: string[]; right: string[] } = { left: [""], right: [""] };
  const append = (side: string[], changed: boolean, text: string) => {
    if ((side.length % 2 === 0) !== changed) side.push("");
    side[side.length - 1] += text;
  };
  const changes = diffWordsWithSpace(left, right);
  changes.forEach(({ added, removed, value }, index) => {
    // The dots of two versions are alike by chance: 1.4.2 and 1.5.0 differ in "4.2" and "5.0".
    const between = index > 0 && index < changes.length - 1 && /^[^\s\w]{1,2}$/.test(value);
    if (!added) append(pieces.left, removed || between, value);
    if (!removed) append(pieces.right, added || between, value);
  });
  return pieces;
}

/** For long lines: what lies between their common start and their common end. */
function betweenEnds(left: string, right: string): { left: string[]; right: string[] } {
  const shorter = Math.min(left.length, right.length);
  let start = 0;
  while (start < shorter && left[start] === right[start]) start += 1;
  let end = 0;
  while (end < shorter - start && left[left.length - 1 - end] === right[right.length - 1 - end]) end += 1;
  const split = (text: string) => [
    text.slice(0, start),
    text.slice(start, text.length - end),
    text.slice(text.length - end),
  ];
  return { left: split(left), right: split(right) };
}
