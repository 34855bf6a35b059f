import { warningsOf } from "../../archive/format/lacking.ts";
import { describeNotKept } from "../../archive/format/not-kept.ts";
import { type Inspection, knownManifest } from "../../catalog/inspection.ts";

/** One line for each gap and warning of a backup, and one for what it does not keep. */
export function describeGaps(name: string, inspection: Inspection | undefined): string[] {
  const manifest = knownManifest(inspection);
  if (manifest === undefined) return [];
  return [
    ...manifest.missing.map(({ resource, reason }) => `${resource} could not be backed up: ${reason}`),
    ...warningsOf(manifest),
    ...describeNotKept(manifest.notKept ?? []),
  ].map((line) => `${name}: ${line}`);
}
