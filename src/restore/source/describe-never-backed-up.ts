import type { NeverBackedUp } from "../../objects/never-backed-up.ts";

/**
 * What was passed over, in one sentence; undefined where nothing was.
 *
 * @param fate "not restored".
 */
export function describeNeverBackedUp({ found }: NeverBackedUp, fate: string): string | undefined {
  const { count, more, titles } = found;
  if (count === 0) return undefined;
  const what = `${more ? "More than " : ""}${count} ${count === 1 ? "object is" : "objects are"} ${fate}`;
  const others = count - titles.length;
  const names = `${titles.join(", ")}${others === 0 ? "" : ` and ${others} more`}`;
  return `${what}, since no backup of kube-backup holds such: ${names}. Somebody else has written this archive, or changed it`;
}
