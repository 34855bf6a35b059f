/** Two texts side by side: which lines are equal, and which words differ in the other lines. */

import { diffArrays, diffWordsWithSpace } from "diff";
import type { AlignedLines, Line } from "../../../pages/browser/elements/lines-data.ts";
import { EditBudget, editsOf } from "../../edit-budget.ts";

/** Most lines in which texts may differ and still be aligned: more take too long. */
const MAX_EDITS = 1000;
/** Most characters of a line that is compared by words. */
const MAX_LINE_LENGTH = 2000;
/** Most words in which lines may differ and still be compared by words. */
const MAX_WORDS = 200;
/** Above this share of differing characters, no words are marked. */
const MAX_CHANGED_SHARE = 0.75;

/**
 * Aligns the lines of two texts. A side without lines is undefined.
 *
 * @param budget of the object that the texts are of. Where it is used up, lines are not aligned, and words not marked.
 */
export function alignLines(
  left: string | undefined,
  right: string | undefined,
  budget: EditBudget = new EditBudget(),
): AlignedLines[] {
  const leftLines = left?.split("\n") ?? [];
  const rightLines = right?.split("\n") ?? [];
  if (left === undefined || right === undefined) return [{ left: leftLines, right: rightLines }];
  const changes = budget.within(
    MAX_EDITS,
    (maxEditLength) => diffArrays(leftLines, rightLines, { maxEditLength }),
    editsOf,
  );
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
  return aligned.map((lines) => ("both" in lines ? lines : withChangedWords(lines, budget)));
}

function withChangedWords(
  { left, right }: { left: Line[]; right: Line[] },
  budget: EditBudget,
): AlignedLines {
  const pairs = left.map((line, index) =>
    changedWords(line as string, right[index] as string | undefined, budget),
  );
  return {
    left: pairs.map((pair) => pair.left),
    right: right.map((line, index) => pairs[index]?.right ?? line),
  };
}

/** Marks the differing words of two lines, unless nearly all words differ. */
export function changedWords(
  left: string,
  right: string | undefined,
  budget: EditBudget = new EditBudget(),
): { left: Line; right: Line | undefined } {
  if (right === undefined || left === "" || right === "") return { left, right };
  const isLong = left.length + right.length > 2 * MAX_LINE_LENGTH;
  const pieces = (isLong ? undefined : piecesByWords(left, right, budget)) ?? piecesByEnds(left, right);
  const same = pieces.left.reduce((sum, piece, index) => sum + (index % 2 === 0 ? piece.length : 0), 0);
  return same < (1 - MAX_CHANGED_SHARE) * Math.max(left.length, right.length) ? { left, right } : pieces;
}

/** Undefined where the lines differ in more words than the budget allows. */
function piecesByWords(
  left: string,
  right: string,
  budget: EditBudget,
): { left: string[]; right: string[] } | undefined {
  const pieces: { left: string[]; right: string[] } = { left: [""], right: [""] };
  const append = (side: string[], changed: boolean, text: string) => {
    if ((side.length % 2 === 0) !== changed) side.push("");
    side[side.length - 1] += text;
  };
  const changes = budget.within(
    MAX_WORDS,
    (maxEditLength) => diffWordsWithSpace(left, right, { maxEditLength }),
    editsOf,
  );
  if (changes === undefined) return undefined;
  changes.forEach(({ added, removed, value }, index) => {
    // Equal dots of two versions are a coincidence: 1.4.2 and 1.5.0 differ in "4.2" and "5.0".
    const isSeparator = index > 0 && index < changes.length - 1 && /^[^\s\w]{1,2}$/.test(value);
    if (!added) append(pieces.left, removed || isSeparator, value);
    if (!removed) append(pieces.right, added || isSeparator, value);
  });
  return pieces;
}

/** Pieces of long lines: common prefix, difference, common suffix. */
function piecesByEnds(left: string, right: string): { left: string[]; right: string[] } {
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
