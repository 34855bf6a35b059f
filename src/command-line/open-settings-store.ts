import type { SettingsWith } from "../settings/settings.ts";
import type { Store } from "../store/contract/store.ts";
import type { Log } from "../terminal/log/log.ts";

/** What is needed of a command's context. */
export interface OpenSettingsStoreOptions {
  settings: SettingsWith<"s3target">;
  log: Log;
  now: () => Date;
}

/** Opens the store that the settings name: the one place where the access key is revealed. */
export async function openSettingsStore({ settings, log, now }: OpenSettingsStoreOptions): Promise<Store> {
  const { s3target: target, endpoint, region, accessKey } = settings;
  const credentials = accessKey && {
    accessKeyId: accessKey.accessKeyId.reveal(),
    secretAccessKey: accessKey.secretAccessKey.reveal(),
    sessionToken: accessKey.sessionToken?.reveal(),
  };
  const { openStore } = await import("../store/open-store.ts");
  return await openStore({ target, endpoint, credentials, region, log, now });
}
