import { comparedResources, compareSides } from "../../compare/compare-sides.ts";
import { pageObjects } from "../../compare/html/data/page-object.ts";
import { pageSides } from "../../compare/html/sides.ts";
import type { UiComparison } from "../../pages/browser/ui/data.ts";
import { compileSelection } from "../../selection/selection.ts";
import { comparisonCommands } from "./commands-to-copy.ts";
import type { Moment } from "./moments.ts";

/** Objects of one answer. */
const MOST = 1_000;

/** Two moments compared: all of them, or one namespace. */
export async function viewComparison(
  { from, to, namespace }: { from: Moment; to: Moment; namespace: string | undefined },
  signal: AbortSignal,
): Promise<UiComparison> {
  const resources = comparedResources(from.side, to.side);
  const includeNamespaces = namespace === undefined ? undefined : [namespace];
  const selection = compileSelection({ includeNamespaces }, resources, from.about.title);
  const comparison = await compareSides({ left: from.side, right: to.side, selection }, signal);
  const objects = comparison.objects.slice(0, MOST);
  return {
    sides: pageSides(comparison, {}),
    summary: comparison.summary,
    objects: [...pageObjects({ ...comparison, objects })],
    more: comparison.objects.length - objects.length,
    notes: comparison.notes,
    commands: comparisonCommands(from.about, to.about, namespace),
  };
}
