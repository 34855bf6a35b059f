import { structuredPatch } from "diff";
import type { Line } from "../../terminal/styled.ts";
import { visibleLine } from "../../words/visible.ts";
import type { EditBudget } from "../edit-budget.ts";
import type { Colors } from "./colors.ts";
import { shorten } from "./shorten.ts";

/** Lines of context around a difference. */
const CONTEXT = 3;
/** Most lines of a diff. Nobody reads more. */
const MAX_LINES = 80;
/** Most lines in which texts may differ and still be compared by line: the time is quadratic in this number. */
const MAX_EDITS = 2_000;

/** A unified diff of two texts, without the header. The budget is that of the object that the texts are of. */
export function lineDiff(
  left: string,
  right: string,
  { colors, width, budget }: { colors: Colors; width: number; budget: EditBudget },
): Line[] {
  const patch = budget.within(
    MAX_EDITS,
    (maxEditLength) =>
      structuredPatch("", "", left, right, undefined, undefined, { context: CONTEXT, maxEditLength }),
    ({ hunks }) => hunks.flatMap(({ lines }) => lines).filter((line) => /^[-+]/.test(line)).length,
  );
  if (patch === undefined)
    return [`${countLines(left)} → ${countLines(right)}, too different to show line by line`];
  const lines = patch.hunks.flatMap(({ oldStart, oldLines, newStart, newLines, lines }) => [
    colors.dim(`@@ -${oldStart},${oldLines} +${newStart},${newLines} @@`),
    ...lines.map((line) => colored(shorten(visibleLine(line), width), colors)),
  ]);
  if (lines.length <= MAX_LINES) return lines;
  const rest = lines.length - MAX_LINES;
  return [...lines.slice(0, MAX_LINES), colors.dim(`… ${rest} more lines: --output json has them all`)];
}

function colored(line: string, colors: Colors): Line {
  if (line.startsWith("+")) return colors.added(line);
  if (line.startsWith("-")) return colors.removed(line);
  return line.startsWith("\\") ? colors.dim(line) : line;
}

function countLines(text: string): string {
  return `${text.split("\n").length} lines`;
}
