import { formatTable } from "../../terminal/table.ts";
import { amount } from "../../words/amount.ts";
import type { KindsJudgment, UnservedKind } from "./judge-kinds.ts";

/** For people: what of a backup cannot be restored into a Kubernetes, and how it could be. */
export function describeKinds({ version, unserved }: KindsJudgment, objects: number): string[] {
  if (unserved.length === 0)
    return [`Kubernetes ${version} serves all its built-in kinds as the backup has them`];
  const gone = unserved.filter(({ servedAs }) => servedAs.length === 0);
  const moved = unserved.filter(({ servedAs }) => servedAs.length > 0);
  return [
    `Kubernetes ${version} does not serve ${count(unserved)} of ${amount(objects, "object")} as the backup has them:`,
    ...formatTable({
      columns: [
        { title: "KIND" },
        { title: "OBJECTS", align: "right" },
        { title: "NOT SERVED" },
        { title: "SERVED AS" },
      ],
      rows: unserved.map((each) => [
        `${each.apiVersion} ${each.kind}`,
        String(each.objects),
        period(each),
        each.servedAs.map(({ apiVersion }) => apiVersion).join(", ") || "-",
      ]),
    }).map((line) => `  ${line}`),
    ...(gone.length === 0
      ? []
      : [`${amount(count(gone), "object")} cannot be restored there in any version`]),
    ...(moved.length === 0 ? [] : [howMoved(moved)]),
  ];
}

/** A restore does not convert built-in kinds. */
function howMoved(moved: readonly UnservedKind[]): string {
  const objects = count(moved);
  return `${amount(objects, "object")} ${objects === 1 ? "needs" : "need"} another version there, and a restore does not convert built-in kinds: take a backup in a Kubernetes that serves both versions, or convert what kube-backup export writes`;
}

function period({ addedIn, removedIn }: UnservedKind): string {
  if (removedIn !== null) return `from ${removedIn} on`;
  return addedIn === null ? "not known" : `before ${addedIn}`;
}

function count(kinds: readonly UnservedKind[]): number {
  return kinds.reduce((sum, { objects }) => sum + objects, 0);
}
