import { readBackupChoice } from "../../command-line/backup-argument.ts";
import { type CommandContext, defineCommand } from "../../command-line/command.ts";
import { inPlace } from "../../command-line/in-place.ts";
import { openConfiguredStore } from "../../command-line/open-configured-store.ts";
import { AT_OPTION, BACKUP_OPTION, DELETED_OPTION, OUTPUT_OPTION } from "../../command-line/options.ts";

/** The arguments and flags that say which backup. */
interface DescribeFlags {
  BACKUP?: string | undefined;
  backup?: string | undefined;
  at?: string | undefined;
  output: string;
  deleted: boolean;
}

/** `kube-backup describe`: says all that is known of a backup without its objects. */
export const describeCommand = defineCommand({
  command: "describe [BACKUP]",
  describe: "Show what is known of a backup, without its objects",
  group: "everyday",
  needs: ["s3target"],
  paged: true,
  backupWords: ({ BACKUP, backup }) => [backup ?? BACKUP],
  clusterless: true,
  builder: (yargs) =>
    yargs
      .positional("BACKUP", {
        describe: "latest, which is meant without it, a name, or the URL or path of one",
        type: "string",
      })
      .options({
        output: { ...OUTPUT_OPTION.output, choices: ["table", "yaml", "json"] },
        ...BACKUP_OPTION,
        ...AT_OPTION,
        ...DELETED_OPTION,
      })
      .example("$0 describe", "The newest")
      .example("$0 describe backup_20260131T120000Z -o json", "One by name, for a script"),
  handler: describeBackup,
});

/** Describes the backup that the flags choose. */
export async function describeBackup(given: CommandContext<DescribeFlags, "s3target">): Promise<void> {
  const { BACKUP, backup: flag, at } = given.flags;
  const choice = readBackupChoice({ backup: BACKUP, flag, at }, given.reading());
  const context = inPlace(given, choice);
  const { flags, output, log, signal } = context;
  const [{ chooseBackup }, { gatherDescription }, { descriptionJson }, { descriptionText }] =
    await Promise.all([
      import("../../catalog/choose-backup.ts"),
      import("./gather-description.ts"),
      import("./description.ts"),
      import("./description-text.ts"),
    ]);
  const store = await openConfiguredStore({ ...context, deleted: flags.deleted });
  try {
    const backup = await chooseBackup({ store, choice, log }, signal);
    const facts = await gatherDescription(context, { store, backup });
    const json = descriptionJson(facts);
    if (flags.output === "yaml") return (await import("../output/write-yaml.ts")).writeYaml(output, json);
    output.show({
      json,
      text: () => descriptionText(facts, output.width),
    });
  } finally {
    await store.close();
  }
}
