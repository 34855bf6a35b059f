import { UsageError } from "../errors.ts";
import { isSamePlace } from "../settings/second-store.ts";
import type { Settings, SettingsWith } from "../settings/settings.ts";
import type { Store } from "../store/contract/store.ts";
import { type OpenConfiguredStoreOptions, openConfiguredStore } from "./open-configured-store.ts";

/** The part of a command's context that opening the second store requires. */
export type OpenSecondStoreOptions = Pick<OpenConfiguredStoreOptions, "log" | "now" | "beforeWrite"> & {
  settings: SettingsWith<"copyTo">;
};

/** Opens the store that COPY_TO names, with all that is in it. */
export async function openSecondStore({ settings, ...options }: OpenSecondStoreOptions): Promise<Store> {
  return await openConfiguredStore({ ...options, settings: ofSecondStore(settings), seesAll: true });
}

/** The settings with the second store in the place of S3TARGET. */
export function ofSecondStore(settings: SettingsWith<"copyTo">): SettingsWith<"s3target"> {
  const { endpoint: _, region: _r, accessKey: _k, awsProfile: _p, ...rest } = settings;
  const { s3: _s, objectLock: _l, copyTo, ...others } = rest;
  const { target, endpoint, region, accessKey, awsProfile, s3, objectLock } = copyTo;
  return {
    ...others,
    s3target: target,
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(region === undefined ? {} : { region }),
    ...(accessKey === undefined ? {} : { accessKey }),
    ...(awsProfile === undefined ? {} : { awsProfile }),
    ...(s3 === undefined ? {} : { s3 }),
    ...(objectLock === undefined ? {} : { objectLock }),
  };
}

/** @throws {UsageError} where the second store is the first. */
export function rejectSamePlace({
  s3target: target,
  endpoint,
  copyTo,
}: Pick<Settings, "s3target" | "endpoint" | "copyTo">): void {
  if (copyTo !== undefined && isSamePlace({ target, endpoint }, copyTo))
    throw new UsageError(["COPY_TO is the store that the backups are in: a copy belongs elsewhere"]);
}
