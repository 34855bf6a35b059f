import type { Job, StoreAccess } from "./contract/store-access.ts";
import { folderPath, type OpenStoreOptions } from "./open-store.ts";

/**
 * Finds out which rights on a store are there, by doing what the program does, under names that are no backups'. What
 * it makes it removes.
 *
 * @param jobs only the rights that one of these jobs needs.
 */
export async function checkStoreAccess(
  options: OpenStoreOptions,
  jobs: readonly Job[],
  signal: AbortSignal,
): Promise<StoreAccess> {
  const { target } = options;
  if (target.kind === "file") {
    const { checkFolderAccess } = await import("./folder/check-folder-access.ts");
    return await checkFolderAccess(folderPath(target.folder), jobs, signal);
  }
  const [{ openS3Access }, { checkS3Access }] = await Promise.all([
    import("./s3/s3-access.ts"),
    import("./s3/access/check-s3-access.ts"),
  ]);
  const access = await openS3Access({ ...options, target });
  try {
    return await checkS3Access(access, jobs, signal);
  } finally {
    access.client.destroy();
  }
}
