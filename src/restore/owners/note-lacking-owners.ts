import type { Owner, OwnerReference } from "../../kubernetes/owners.ts";
import { type ObjectKey, objectTitle } from "../../kubernetes/resource.ts";
import type { RestoreReport } from "../report/report.ts";

/** An object that was restored with the owners that were found. */
export interface OwnedObject {
  kind: string;
  key: ObjectKey;
  /** The owners in the backup. */
  wanted: readonly Owner[];
  /** The owner references that the object was restored with. */
  found: readonly OwnerReference[];
}

/** Notes the owners that an object was restored without: those that failed, and those that exist nowhere. */
export function noteLackingOwners(report: RestoreReport, { kind, key, wanted, found }: OwnedObject): void {
  if (found.length === wanted.length) return;
  const lacking = wanted.filter(
    (owner) => !found.some((reference) => reference.kind === owner.kind && reference.name === owner.name),
  );
  const failed = lacking.filter((owner) => hasFailed(report, owner, key.namespace));
  const title = objectTitle(kind, key);
  if (failed.length > 0)
    report.notes.push(`${title} came back without an owner that failed: ${titles(failed)}`);
  const gone = lacking.filter((owner) => !failed.includes(owner));
  if (gone.length === 0) return;
  report.notes.push(
    `${title} came back without an owner that neither the backup nor the cluster has: ${titles(gone)}`,
  );
}

/** An owner is in the namespace of the object, or cluster-scoped. */
function hasFailed(report: RestoreReport, { kind, name }: Owner, namespace: string | undefined): boolean {
  return report.failures.some(
    (item) =>
      item.kind === kind &&
      item.name === name &&
      (item.namespace === namespace || item.namespace === undefined),
  );
}

function titles(owners: readonly Owner[]): string {
  return owners.map(({ kind, name }) => objectTitle(kind, { namespace: undefined, name })).join(", ");
}
