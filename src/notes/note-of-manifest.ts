import { excludedObjects } from "../archive/format/counts.ts";
import { warningsOf } from "../archive/format/lacking.ts";
import type { Manifest } from "../archive/format/manifest.ts";
import type { Note } from "./note.ts";

/** What a note says besides what the manifest says. */
export interface StoredFacts {
  object: string;
  bytes: number;
  sha256: string;
  /** SHA-256 of MANIFEST. */
  manifest: string;
  recipients: string[];
  counter: number;
  previous: string | undefined;
}

/**
 * The note for an archive. Names of objects and the words of a cluster stay in the archive, which may be encrypted: of
 * warnings and of what is missing the note has numbers and resources.
 */
export function noteOfManifest(manifest: Manifest, stored: StoredFacts): Note {
  const { cluster, intervalSeconds, tags, scope, parent } = manifest;
  const { previous, ...facts } = stored;
  return {
    ...facts,
    time: manifest.time,
    cluster: { id: cluster.id, ...(cluster.name === undefined ? {} : { name: cluster.name }) },
    kubernetesVersion: cluster.kubernetesVersion,
    revision: manifest.revision,
    oneMoment: manifest.oneMoment,
    ...(intervalSeconds === undefined ? {} : { intervalSeconds }),
    ...(tags === undefined ? {} : { tags }),
    ...(scope === undefined ? {} : { scope }),
    ...(parent === undefined ? {} : { parent }),
    counts: manifest.counts,
    missing: manifest.missing.map(({ resource }) => resource),
    excluded: excludedObjects(manifest),
    warnings: warningsOf(manifest).length,
    program: manifest.program,
    ...(previous === undefined ? {} : { previous }),
  };
}
