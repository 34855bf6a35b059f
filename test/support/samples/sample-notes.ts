/** Notes as the program writes them, without a backup. */

import { formatNote } from "../../../src/notes/note.ts";
import { backupName } from "../../../src/store/contract/backup-name.ts";
import { rfc3339 } from "../../../src/time/rfc3339.ts";

const SHA = "0123456789abcdef".repeat(4);

/** The text of the note of a backup of that time; `chain` says after which note. */
export function noteText(
  time: Date,
  clusterId: string,
  { counter = 1, previous }: { counter?: number; previous?: string | undefined } = {},
): string {
  return formatNote({
    object: `${backupName(time)}.zip`,
    ...{ bytes: 1, sha256: SHA, manifest: SHA, time: rfc3339(time) },
    cluster: { id: clusterId },
    ...{ kubernetesVersion: "v1.36.3", revision: "1", oneMoment: true },
    ...{ counts: {}, missing: [], excluded: 0, warnings: 0, recipients: [] },
    program: { version: "1.0.0", commit: "abc" },
    counter,
    ...(previous === undefined ? {} : { previous }),
  });
}
