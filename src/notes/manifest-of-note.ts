import { FORMAT_VERSION, type Manifest } from "../archive/format/manifest.ts";
import { amount } from "../words/amount.ts";
import type { Note } from "./note.ts";

/**
 * What a note says of an archive that cannot be read, in the form of the archive's manifest. What the note has only numbers
 * of, or nothing, is left to the archive.
 */
export function manifestOfNote(note: Note): Manifest {
  const { cluster, excluded, warnings, missing } = note;
  const { time, revision, oneMoment, intervalSeconds, tags, scope, parent, counts, program } = note;
  const inside = "the archive says so, which is encrypted";
  return {
    format: "kube-backup",
    formatVersion: FORMAT_VERSION,
    program,
    cluster: { ...cluster, kubernetesVersion: note.kubernetesVersion },
    time,
    ...(parent === undefined ? {} : { parent }),
    ...(intervalSeconds === undefined ? {} : { intervalSeconds }),
    ...(tags === undefined ? {} : { tags }),
    revision,
    oneMoment,
    ...(scope === undefined ? {} : { scope }),
    missing: missing.map((resource) => ({ resource, reason: inside })),
    excluded: excluded === 0 ? {} : { "*": excluded },
    warnings: warnings === 0 ? [] : [`${amount(warnings, "warning")}: ${inside}`],
    counts,
    resources: [],
  };
}
