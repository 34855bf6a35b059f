import { describeNoBackups } from "../../catalog/no-backups.ts";
import { type PlacedChoice, readBackupChoice, readMoment } from "../../command-line/backup-argument.ts";
import { type CommandContext, defineCommand } from "../../command-line/command.ts";
import { inPlace } from "../../command-line/in-place.ts";
import { openConfiguredStore } from "../../command-line/open-configured-store.ts";
import { BACKUP_OPTION, copyOptions, OUTPUT_OPTION } from "../../command-line/options.ts";
import { openSecondStore, rejectSamePlace } from "../../command-line/second-store.ts";
import { UsageError } from "../../errors.ts";
import type { Store, StoredBackup } from "../../store/contract/store.ts";
import type { Reading } from "../../time/moment.ts";
import { copiedBackups, throwCopyFailures } from "./copied-backups.ts";
import { copyEach } from "./copy-each.ts";

/** The flags of the second store; what the other commands call `--copy-to` is `--to` here. */
function secondStoreOptions() {
  const { "copy-to": to = {}, ...others } = copyOptions();
  return { to: { ...to, group: "Flags:", alias: "copy-to" }, ...others };
}

/** `kube-backup copy`: copies backups to a second store. */
export const copyCommand = defineCommand({
  command: "copy [BACKUP]",
  describe: "Copy a backup, or all, to a second store, and check it there",
  group: "care",
  needs: ["s3target", "copyTo"],
  backupWords: ({ BACKUP, backup }) => [backup, BACKUP],
  clusterless: true,
  builder: (yargs) =>
    yargs
      .positional("BACKUP", {
        describe: "latest, which is meant without it, a name, or the URL or path of one",
        type: "string",
      })
      .options({
        ...OUTPUT_OPTION,
        ...BACKUP_OPTION,
        all: { type: "boolean", default: false, describe: "Copy all backups that are not there yet" },
        since: {
          type: "string",
          requiresArg: true,
          describe: "Copy all of this time or later: 2026-01-31T12:00:00Z, or 36h for so long ago",
        },
        "dry-run": {
          type: "boolean",
          default: false,
          describe: "Show what would be copied, and write nothing",
        },
      })
      .options(secondStoreOptions())
      .example("$0 copy --to s3://other-bucket/blue", "The newest, on the same server")
      .example("$0 copy backup_20260131T120000Z --to file:///mnt/usb", "One by name, to a folder")
      .example("$0 copy --all --to s3://other-bucket/blue --dry-run", "What is not there")
      .example("$0 copy --all --to s3://other-bucket/blue -o json", "All that are not there, for a script"),
  async handler(given) {
    const { flags, now } = given;
    const which = readWhich(flags, given.reading());
    const context = which.kind === "one" ? inPlace(given, which.choice) : given;
    const { settings, output, log, progress, signal } = context;
    rejectSamePlace(settings);
    const from = await openConfiguredStore(context);
    try {
      const to = await openSecondStore({ settings, log, now });
      try {
        const dryRun = flags["dry-run"];
        // That would make a folder.
        if (!dryRun || settings.copyTo.target.kind === "s3") await to.prepare(signal);
        const backups = await sourceBackups({ from, which, log }, signal);
        const signers = settings.unsigned ? undefined : settings.allowedSigners;
        const results = await copyEach({ from, to, backups, signers, dryRun, progress, log, now }, signal);
        if (which.kind === "one") for (const { error } of results) if (error !== undefined) throw error;
        const none = results.length === 0 ? await describeNoBackups(from, signal) : undefined;
        output.show(copiedBackups(results, { from: from.url, to: to.url, none: none?.message }));
        signal.throwIfAborted();
        throwCopyFailures(results, to.url);
      } finally {
        await to.close();
      }
    } finally {
      await from.close();
    }
  },
});

/** Which backups are to be copied. */
type Which = { kind: "one"; choice: PlacedChoice } | { kind: "all"; from?: Date };

interface CopyFlags {
  BACKUP?: string | undefined;
  backup?: string | undefined;
  all: boolean;
  since?: string | undefined;
}

/** @throws {UsageError} where two arguments say which. */
function readWhich({ BACKUP, backup, all, since }: CopyFlags, reading: Reading): Which {
  const named = backup ?? BACKUP;
  const many = since === undefined ? "--all" : `--since ${since}`;
  if (!all && since === undefined)
    return { kind: "one", choice: readBackupChoice({ backup: BACKUP, flag: backup }, reading) };
  if (named !== undefined)
    throw new UsageError([`BACKUP "${named}" and ${many} both say which backups: give one of them`]);
  if (all && since !== undefined)
    throw new UsageError([`--all and ${many} both say which backups: give one of them`]);
  if (since === undefined) return { kind: "all" };
  return { kind: "all", from: readMoment("--since", since, { ...reading, dates: "start" }).moment };
}

async function sourceBackups(
  { from, which, log }: { from: Store; which: Which; log: CommandContext["log"] },
  signal: AbortSignal,
): Promise<StoredBackup[]> {
  const [{ chooseBackup }, { selectBackups }] = await Promise.all([
    import("../../catalog/choose-backup.ts"),
    import("../../catalog/select-backups.ts"),
  ]);
  if (which.kind === "one") return [await chooseBackup({ store: from, choice: which.choice, log }, signal)];
  return await Array.fromAsync(selectBackups(from, { from: which.from }, signal));
}
