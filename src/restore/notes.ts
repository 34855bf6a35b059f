import type { ObjectWriter } from "./object/cluster-writer.ts";
import type { RestoreReport } from "./report/report.ts";
import type { ArchivedObjects } from "./source/archived-objects.ts";

/** Notes what the archive held that no backup holds. */
export function noteNeverBackedUp(objects: ArchivedObjects, report: RestoreReport): void {
  const note = objects.neverBackedUpNote();
  if (note !== undefined) report.notes.push(note);
}

/** Notes that PVCs come back without the data of their volumes. */
export function noteClaims(report: RestoreReport, { stores }: ObjectWriter): void {
  const created = report.created("persistentvolumeclaims");
  if (created === 0) return;
  const claims = created === 1 ? "1 PersistentVolumeClaim" : `${created} PersistentVolumeClaims`;
  report.notes.push(
    `${claims} ${stores ? "came" : "would come"} back empty, unless bound by hand to a volume that still has its data: a backup holds no data of volumes, which must be restored by other means`,
  );
}
