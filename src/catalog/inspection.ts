import type { Manifest } from "../archive/format/manifest.ts";

/**
 * The result of reading a backup's manifest and table of contents. `valid` means that both are intact
 * and consistent; only reading the whole archive verifies every byte.
 */
export type Inspection =
  | { state: "valid"; manifest: Manifest }
  /** `newer format`: a later version of the program wrote the backup and can probably read the backup. */
  | { state: "damaged" | "newer format"; reason: string }
  /** No key that is given opens the backup; the manifest is what its note says, undefined without one. */
  | { state: "encrypted"; reason: string; manifest: Manifest | undefined };

/** What is known of a backup: by its manifest, or by the note of one that no key here opens. */
export function knownManifest(inspection: Inspection | undefined): Manifest | undefined {
  return inspection !== undefined && "manifest" in inspection ? inspection.manifest : undefined;
}
