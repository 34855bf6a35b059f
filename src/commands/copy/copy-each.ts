import type { CopiedBackup, CopyRoute, copyBackup } from "../../copy/copy-backup.ts";
import type { TagRules } from "../../copy/copy-tags.ts";
import type { PlannedCopy } from "../../copy/plan-copy.ts";
import { OperatorError } from "../../errors.ts";
import type { StoredBackup } from "../../store/contract/store.ts";
import type { Log } from "../../terminal/log/log.ts";
import type { Progress } from "../../terminal/progress/progress.ts";

/** After so many failures in a row the second store is not tried any more: each may take minutes. */
const MOST_FAILURES = 3;

/** Options of {@link copyEach}. */
export interface CopyEachOptions extends CopyRoute, Pick<TagRules, "signers" | "now"> {
  /** Oldest first. */
  backups: readonly StoredBackup[];
  /** Writes nothing, and finds out what would be copied. */
  dryRun: boolean;
  progress: Progress;
  log: Log;
}

/** What became of a backup. Neither is there where it was not tried. */
export interface CopyResult {
  backup: StoredBackup;
  copied?: CopiedBackup | PlannedCopy | undefined;
  error?: OperatorError | undefined;
}

/**
 * Copies backups one after the other. An abort ends it, and those that it has not come to are not tried.
 *
 * @throws {OperatorError} where the second store cannot be listed.
 */
export async function copyEach(
  { from, to, backups, dryRun, progress, ...options }: CopyEachOptions,
  signal: AbortSignal,
): Promise<CopyResult[]> {
  const [first] = backups;
  if (first === undefined) return [];
  const [{ copyBackup }, { planCopy }, { sweepLeftOvers }, { backupsThere }] = await Promise.all([
    import("../../copy/copy-backup.ts"),
    import("../../copy/plan-copy.ts"),
    import("../../backup/left-overs.ts"),
    import("../../copy/backups-there.ts"),
  ]);
  if (!dryRun) await sweepLeftOvers({ store: to, log: options.log }, signal);
  const there = await backupsThere(to, backups, signal);
  const results: CopyResult[] = [];
  let failures = 0;
  for (const backup of backups) {
    if (signal.aborted || failures >= MOST_FAILURES) {
      results.push({ backup });
      continue;
    }
    const shown = copyProgress(progress, backup.name);
    try {
      const one = { ...options, from, to, backup, there: there.get(backup.name), onProgress: shown.advance };
      results.push({ backup, copied: await (dryRun ? planCopy : copyBackup)(one, signal) });
      failures = 0;
    } catch (error) {
      if (!(error instanceof OperatorError)) {
        if (!signal.aborted) throw error;
        results.push({ backup });
        continue;
      }
      failures += 1;
      results.push({ backup, error });
    } finally {
      shown.end();
    }
  }
  return results;
}

/** Shows how far the copy of a backup is: sent first, then read back. */
function copyProgress(
  progress: Progress,
  name: string,
): { advance: NonNullable<Parameters<typeof copyBackup>[0]["onProgress"]>; end: () => void } {
  let stage: ReturnType<Progress> | undefined;
  let current: string | undefined;
  let seen = 0;
  return {
    advance: (step, { done, total }) => {
      if (step !== current) {
        stage?.end();
        const title = step === "copying" ? `Copying ${name}` : `Checking ${name}`;
        stage = progress({ title, unit: "bytes", total });
        current = step;
        seen = 0;
      }
      stage?.advance(done - seen);
      seen = done;
    },
    end: () => stage?.end(),
  };
}
