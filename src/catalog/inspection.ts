import type { Manifest } from "../archive/format/manifest.ts";

/** What a manifest says but for its files, which are most of it. */
type ManifestWithoutFiles = Omit<Manifest, "files">;

/**
 * The result of reading a backup's manifest and table of contents. `valid` means that both are intact
 * and consistent; only reading the whole archive verifies every byte.
 */
export type Inspection =
  | { state: "valid"; manifest: ManifestWithoutFiles }
  /** `newer format`: a later version of the program wrote the backup and can probably read the backup. */
  | { state: "damaged" | "newer format"; reason: string }
  /** No key that is given opens the backup; the manifest is what its note says, undefined without one. */
  | { state: "encrypted"; reason: string; manifest: ManifestWithoutFiles | undefined };

/** What is known of a backup: by its manifest, or by the note of one that no key here opens. */
export function knownManifest(inspection: Inspection | undefined): ManifestWithoutFiles | undefined {
  return inspection !== undefined && "manifest" in inspection ? inspection.manifest : undefined;
}
