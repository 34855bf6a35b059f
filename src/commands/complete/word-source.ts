/** What completes a word of a command that takes a backup, kinds and names of objects, without I/O. */

import { splitWords } from "../../command-line/backup-argument.ts";

/** What can stand at the cursor. */
export type WordSource =
  | { kind: "objects"; kinds: readonly string[]; slashed: boolean; given: readonly string[] }
  | { kind: "kinds"; backups: boolean; slashed: boolean }
  | { kind: "files" };

/**
 * Says what can stand at the cursor: a backup or a kind first, then names of its objects; behind `KIND/` names at once, and
 * another `KIND/` beside one.
 *
 * @param backups how many the command takes.
 */
export function wordSource(
  earlier: readonly string[],
  current: string,
  { backups: most }: { backups: number },
): WordSource {
  if (/^(?:\.{0,2}\/|~)/.test(current)) return { kind: "files" };
  const { backups, others } = splitWords(earlier);
  const [first, ...names] = others;
  const [, kind] = /^([^/]+)\//.exec(current) ?? [];
  if (kind !== undefined) return { kind: "objects", kinds: [kind], slashed: true, given: [] };
  if (first === undefined) return { kind: "kinds", backups: backups.length < most, slashed: false };
  if (first.includes("/")) return { kind: "kinds", backups: backups.length < most, slashed: true };
  return { kind: "objects", kinds: first.split(","), slashed: false, given: names };
}
