import type { Log } from "../terminal/log/log.ts";
import type { RestoreReport } from "./report/report.ts";
import type { ArchivedObjects } from "./source/archived-objects.ts";

type DryRun = "server" | "client" | undefined;

/** Tells what the backup lacks, and what was to be said of it when it was taken: in the log at once, and in the report. */
export function noteBackup(
  objects: ArchivedObjects,
  { report, log, dryRun }: { report: RestoreReport; log: Log; dryRun: DryRun },
): void {
  for (const note of objects.notes()) {
    report.notes.push(note);
    // A plan shows its notes to who is asked; the restore after it tells the log.
    if (dryRun === undefined) log.warn(note);
  }
}

/** Tells that claims come back without what was on their volumes. */
export function noteClaims(report: RestoreReport, dryRun: DryRun): void {
  const created = report.created("persistentvolumeclaims");
  if (created === 0) return;
  const claims = created === 1 ? "1 PersistentVolumeClaim" : `${created} PersistentVolumeClaims`;
  report.notes.push(
    `${claims} ${dryRun === undefined ? "came" : "would come"} back empty, unless bound by hand to a volume that still has its data: a backup holds no data of volumes, which must be restored by other means`,
  );
}
