import type { StoredBackup } from "../store/contract/store.ts";

/** What is known of a backup beside the listing. */
export type Judgment =
  | {
      state: "valid";
      /** The id of the cluster that the backup is of. */
      cluster: string;
      /** The number of its objects. */
      objects: number;
    }
  | {
      /** `changed`: other bytes have the name than the listing says. */
      state: "damaged" | "newer format" | "changed";
      reason: string;
    };

/** Tells what backups are. Undefined where a backup is gone. */
export interface Judge {
  /** By what a backup says of itself, in a few small requests. */
  look(backup: StoredBackup, signal: AbortSignal): Promise<Judgment | undefined>;
  /** By every byte. */
  check(backup: StoredBackup, signal: AbortSignal): Promise<Judgment | undefined>;
}
