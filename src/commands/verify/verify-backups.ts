import type { OpenBackup } from "../../catalog/open-backup.ts";
import type { CommandContext } from "../../command-line/command.ts";
import { OperatorError } from "../../errors.ts";
import type { Store } from "../../store/contract/store.ts";
import { formatBytes } from "../../terminal/bytes.ts";
import type { Progress } from "../../terminal/progress/progress.ts";
import type { ChosenBackup } from "./chosen-backups.ts";

/** What became of one backup's check. docs/commands/verify.md is the document of its JSON. */
export interface Verification {
  name: string;
  valid: boolean;
  /** What is wrong, or null. */
  reason: string | null;
  /** Number of objects, or null where it is damaged. */
  objects: number | null;
  /** Size of the archive. */
  sizeBytes: number | null;
  /** Resources that could not be read when it was taken, and what else to know of it; null where it is damaged. */
  missing: readonly { resource: string; reason: string }[] | null;
  warnings: readonly string[] | null;
}

/** Checks backups one after the other. One that is gone by the time that its turn comes is left out. */
export async function* verifyBackups(
  { signal, log, progress }: Pick<CommandContext, "signal" | "log" | "progress">,
  store: Store,
  backups: AsyncIterable<ChosenBackup>,
): AsyncGenerator<Verification> {
  const [{ DamagedArchiveError }, { NewerFormatError }] = await Promise.all([
    import("../../archive/format/damaged-archive-error.ts"),
    import("../../archive/format/newer-format-error.ts"),
  ]);
  for await (const { name, size } of backups) {
    const common = { name, sizeBytes: size ?? null };
    try {
      const { archive, close } = await openChecked({ store, name, progress }, signal);
      await close();
      const objects = Object.values(archive.manifest.counts).reduce((sum, count) => sum + count, 0);
      const { missing, warnings } = archive.manifest;
      yield { ...common, valid: true, reason: null, objects, missing, warnings };
    } catch (error) {
      // A store that cannot be read says nothing of the backup.
      if (error instanceof DamagedArchiveError || error instanceof NewerFormatError) {
        yield {
          ...common,
          valid: false,
          reason: error.message,
          objects: null,
          missing: null,
          warnings: null,
        };
      } else {
        // One that was listed and is gone was pruned meanwhile.
        const gone = error instanceof OperatorError && size !== undefined && !(await store.has(name, signal));
        if (!gone) throw error;
        log.info({ backup: name }, "This backup was removed meanwhile");
      }
    }
    log.debug({ backup: name }, "Checked");
  }
}

/** Opens a backup, having checked every byte of it. */
export async function openChecked(
  { store, name, progress }: { store: Store; name: string; progress: Progress },
  signal: AbortSignal,
): Promise<OpenBackup> {
  const { openBackup } = await import("../../catalog/open-backup.ts");
  const stage = progress({ title: `Checking ${name}`, unit: "bytes" });
  let seen = 0;
  try {
    return await openBackup(store, name, signal, {
      check: "every byte",
      onProgress: ({ done, total }) => {
        if (seen === 0) stage.total(total);
        stage.advance(done - seen);
        seen = done;
      },
    });
  } finally {
    stage.end();
  }
}

/** For people: `backup_20260131T120000Z is whole: 104 objects, 34 KiB`, and what it lacks. */
export function describeVerification({ name, reason, objects, sizeBytes, ...lacks }: Verification): string {
  if (reason !== null) return reason;
  const facts = [`${objects} objects`, ...(sizeBytes === null ? [] : [formatBytes(sizeBytes)])];
  const lines = [
    ...(lacks.missing ?? []).map(({ resource, reason }) => `${resource} could not be backed up: ${reason}`),
    ...(lacks.warnings ?? []),
  ];
  return [`${name} is whole: ${facts.join(", ")}`, ...lines.map((line) => `  ${line}`)].join("\n");
}
