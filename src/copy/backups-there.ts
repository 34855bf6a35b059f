import { OperatorError } from "../errors.ts";
import type { Store, StoredBackup } from "../store/contract/store.ts";
import { withAll } from "../trust/believed-store.ts";

/** The most backups that are each asked for; of more, a listing is cheaper. */
const FEW = 2;

/**
 * What has the names of these backups in the second store, by name. A folder that does not exist yet holds nothing.
 *
 * @param backups oldest first.
 * @throws {OperatorError} where the store cannot be read.
 */
export async function backupsThere(
  to: Store,
  backups: readonly Pick<StoredBackup, "name" | "time">[],
  signal: AbortSignal,
): Promise<Map<string, StoredBackup>> {
  try {
    return new Map((await findThere(withAll(to), backups, signal)).map((each) => [each.name, each]));
  } catch (error) {
    // A copy makes the folder first; a plan of one does not.
    const cause =
      error instanceof OperatorError ? (error.cause as NodeJS.ErrnoException | undefined) : undefined;
    if (cause?.code === "ENOENT") return new Map();
    throw error;
  }
}

async function findThere(
  store: Store,
  backups: readonly Pick<StoredBackup, "time">[],
  signal: AbortSignal,
): Promise<StoredBackup[]> {
  if (backups.length > FEW) return await Array.fromAsync(store.list({ from: backups[0]?.time }, signal));
  const found: StoredBackup[] = [];
  for (const { time } of backups) {
    const newest = await store.newest({ until: time }, signal);
    if (newest !== undefined) found.push(newest);
  }
  return found;
}
