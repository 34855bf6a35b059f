import { structuredPatch } from "diff";
import type { Colors } from "./colors.ts";
import { shorten } from "./shorten.ts";
import { visible } from "./visible-text.ts";

/** Lines around a difference. */
const CONTEXT = 3;
/** More lines than these are not read by anybody. */
const MOST_LINES = 80;
/** Texts that differ in more lines are not compared by line: the time grows with the square. */
const MOST_EDITS = 2_000;

/** Two texts as a unified diff without a head: what each has alone, with a few lines around it. */
export function lineDiff(
  left: string,
  right: string,
  { colors, width }: { colors: Colors; width: number },
): string[] {
  const patch = structuredPatch("", "", left, right, undefined, undefined, {
    context: CONTEXT,
    maxEditLength: MOST_EDITS,
  });
  if (patch === undefined)
    return [`${countLines(left)} → ${countLines(right)}, too different to show line by line`];
  const lines = patch.hunks.flatMap(({ oldStart, oldLines, newStart, newLines, lines }) => [
    colors.dim(`@@ -${oldStart},${oldLines} +${newStart},${newLines} @@`),
    ...lines.map((line) => colored(shorten(visible(line), width), colors)),
  ]);
  if (lines.length <= MOST_LINES) return lines;
  const rest = lines.length - MOST_LINES;
  return [...lines.slice(0, MOST_LINES), colors.dim(`… ${rest} more lines: --output json has them all`)];
}

function colored(line: string, colors: Colors): string {
  if (line.startsWith("+")) return colors.added(line);
  if (line.startsWith("-")) return colors.removed(line);
  return line.startsWith("\\") ? colors.dim(line) : line;
}

function countLines(text: string): string {
  return `${text.split("\n").length} lines`;
}
