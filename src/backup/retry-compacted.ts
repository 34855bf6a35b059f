import { RevisionCompactedError } from "../cluster/lists/list-page.ts";
import { OperatorError } from "../errors.ts";
import { BackupExistsError } from "../store/contract/backup-exists-error.ts";
import type { Log } from "../terminal/log/log.ts";
import { sleep } from "../time/sleep.ts";

/** Attempts of a backup whose revision is compacted, or whose name another backup has. */
const ATTEMPTS = 3;

/**
 * Retries a backup whose revision is compacted during the capture (HTTP 410), at a new revision, and a backup
 * whose name another backup has, with the name of the next second.
 *
 * @throws {OperatorError} when the revision is compacted in every attempt.
 */
export async function retryBackup<T>(
  attemptBackup: () => Promise<T>,
  { log, now }: { log: Log; now: () => Date },
  signal: AbortSignal,
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await attemptBackup();
    } catch (error) {
      if (attempt === ATTEMPTS) throw errorOfLastAttempt(error);
      if (error instanceof RevisionCompactedError) {
        log.warn({ attempt }, "The revision was compacted away while it was read; capturing again");
      } else if (error instanceof BackupExistsError) {
        // Backups are named by the second and never overwritten.
        log.info({ attempt, backup: error.backup }, "Another backup has this second; waiting for the next");
        await sleep(1000 - (now().getTime() % 1000), signal);
      } else {
        throw error;
      }
    }
  }
}

function errorOfLastAttempt(error: unknown): unknown {
  if (!(error instanceof RevisionCompactedError)) return error;
  return new OperatorError(
    `Cannot take a backup: the revision was compacted away ${ATTEMPTS} times while the cluster was read`,
    {
      cause: error,
      advice: "Raise the API server's --etcd-compaction-interval above the time that a backup takes",
    },
  );
}
