import { timeOfMoment } from "../../change-log/replay/moment-name.ts";
import type { Comparison, Side } from "../../compare/document.ts";
import type { Sources } from "../../compare/html/sides.ts";
import { backupTime } from "../../store/contract/backup-name.ts";

/**
 * Where `restore` finds the sides of a comparison. A side that is read from a file with a name of its own has none.
 *
 * @param options.isTransformed the left side is no longer what the backup holds.
 */
export function restoreSources(
  { left, right }: Pick<Comparison, "left" | "right">,
  { isTransformed }: { isTransformed: boolean },
): Sources {
  const ofLeft = isTransformed ? undefined : sourceOf(left);
  const ofRight = sourceOf(right);
  return {
    ...(ofLeft === undefined ? {} : { left: ofLeft }),
    ...(ofRight === undefined ? {} : { right: ofRight }),
  };
}

function sourceOf({ kind, name }: Side): Sources["left"] {
  if (kind !== "backup") return undefined;
  const at = timeOfMoment(name);
  if (at !== undefined) return { at };
  return backupTime(name) === undefined ? undefined : { backup: name };
}
