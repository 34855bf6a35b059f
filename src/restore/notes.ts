import type { Log } from "../terminal/log/log.ts";
import type { ObjectWriter } from "./object/cluster-writer.ts";
import type { RestoreReport } from "./report/report.ts";
import type { ArchivedObjects } from "./source/archived-objects.ts";

/** Notes what the backup lacks, and the warnings of when the backup was taken: in the log at once, and in the report. */
export function noteBackup(
  objects: ArchivedObjects,
  { report, log, writer }: { report: RestoreReport; log: Log; writer: ObjectWriter },
): void {
  for (const note of objects.notes()) {
    report.notes.push(note);
    // A plan shows its notes to the person who is asked; the restore after the plan tells the log.
    if (writer.stores) log.warn(note);
  }
}

/** Notes what the archive held that no backup holds. */
export function noteNeverBackedUp(
  objects: ArchivedObjects,
  { report, log, writer }: { report: RestoreReport; log: Log; writer: ObjectWriter },
): void {
  const note = objects.neverBackedUpNote();
  if (note === undefined) return;
  report.notes.push(note);
  if (writer.stores) log.warn(note);
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
