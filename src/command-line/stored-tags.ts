import type { Settings } from "../settings/settings.ts";
import type { Store } from "../store/contract/store.ts";
import { StoredTags } from "../tags/stored-tags.ts";
import type { Log } from "../terminal/log/log.ts";

/** The tags of a store's backups, of which those that were set later count as the settings have it. */
export function openStoredTags({
  settings: { allowedSigners, unsigned },
  ...place
}: {
  settings: Pick<Settings, "allowedSigners" | "unsigned">;
  store: Pick<Store, "beside" | "url">;
  now: () => Date;
  log: Pick<Log, "warn">;
}): StoredTags {
  return new StoredTags({ ...place, signers: unsigned ? undefined : allowedSigners });
}
