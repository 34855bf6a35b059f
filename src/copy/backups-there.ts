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
  const store = withAll(to);
  const found: StoredBackup[] = [];
  if (backups.length <= FEW) {
    for (const { time } of backups) {
      const newest = await store.newest({ until: time }, signal);
      if (newest !== undefined) found.push(newest);
    }
  } else {
    for await (const each of store.list({ from: backups[0]?.time }, signal)) found.push(each);
  }
  return new Map(found.map((each) => [each.name, each]));
}
