import type { ManifestParent } from "../archive/format/manifest.ts";
import type { StoredBackup } from "../store/contract/store.ts";

/** What is known of a backup beside the listing. */
export type Judgment =
  | {
      state: "valid";
      /** The id of the cluster that the backup is of. */
      cluster: string;
      /** The name of that cluster, where it has one. */
      name?: string | undefined;
      /** The backup from which that cluster was restored. */
      parent?: ManifestParent | undefined;
      /** Whether a kind could not be read when it was taken, or only some namespaces were asked for. */
      incomplete?: boolean | undefined;
      /** Whether a person took it, and no loop. */
      byHand?: boolean | undefined;
      /** The resources that it holds, or that had no objects: `deployments.apps`. */
      kinds?: readonly string[] | undefined;
      /** The number of its objects. */
      objects: number;
      /** The tags that were given when it was taken. */
      tags?: readonly string[] | undefined;
    }
  | {
      /** `changed`: other bytes have the name than the listing says. `encrypted`: no key here opens it, and it has no note. */
      state: "damaged" | "newer format" | "changed" | "encrypted";
      reason: string;
    };

/** Tells what backups are. Undefined where a backup is gone. */
export interface Judge {
  /** By what a backup says of itself, in a few small requests. */
  look(backup: StoredBackup, signal: AbortSignal): Promise<Judgment | undefined>;
  /** By every byte. */
  check(backup: StoredBackup, signal: AbortSignal): Promise<Judgment | undefined>;
}
