import type { Places } from "./contract/places.ts";
import { FolderPlaces } from "./folder/folder-places.ts";
import { folderPath, type OpenStoreOptions } from "./open-store.ts";

/** Opens a bucket, a prefix or a folder with the stores of several clusters. Sends no request yet. */
export async function openPlaces(options: OpenStoreOptions): Promise<Places> {
  const { target, log, now } = options;
  if (target.kind === "file") return new FolderPlaces({ folder: folderPath(target.folder), log, now });
  const { S3Places } = await import("./s3/s3-places.ts");
  return await S3Places.open({ ...options, target });
}
