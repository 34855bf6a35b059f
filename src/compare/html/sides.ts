/** What the page calls the two sides. */

import type { PageSides } from "../../pages/browser/diff/data.ts";
import type { Comparison, Side } from "../document.ts";

/** Where `restore` finds what is on a side; absent where it finds nothing that is exactly this. */
export type Sources = Partial<Record<"left" | "right", { backup: string } | { at: string }>>;

/** The name of a backup needs no "backup" in front: its prefix says so. */
export function sideName({ kind, name }: Side): string {
  return kind === "backup" ? name : `cluster ${name}`;
}

/** `backup` and `now` where a backup is compared with the cluster, and the names where two backups are. */
export function pageSides({ left, right }: Comparison, sources: Sources): PageSides {
  const names = new Set([left.kind, right.kind]).size === 2 ? NAMES : undefined;
  const side = (each: Side, source: Sources["left"]) => ({
    ...(names?.[each.kind] ?? { label: sideName(each), only: `only in ${sideName(each)}` }),
    ...(source === undefined ? {} : { source }),
  });
  return { left: side(left, sources.left), right: side(right, sources.right) };
}

const NAMES = {
  backup: { label: "backup", only: "only in the backup" },
  cluster: { label: "now", only: "only in the cluster, now" },
};
