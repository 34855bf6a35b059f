import type { Argv } from "yargs";
import { readBackupChoice } from "../../command-line/backup-argument.ts";
import { type CommandContext, defineCommand } from "../../command-line/command.ts";
import { inPlace } from "../../command-line/in-place.ts";
import { openConfiguredStore } from "../../command-line/open-configured-store.ts";
import { BACKUP_OPTION, OUTPUT_OPTION } from "../../command-line/options.ts";
import { readTags } from "../../command-line/tag-arguments.ts";
import { UsageError } from "../../errors.ts";
import type { TagChange } from "../../tags/change-tags.ts";

/** The arguments of both commands. */
function tagArguments(yargs: Argv) {
  return yargs
    .positional("BACKUP", {
      type: "string",
      describe: "latest, a name, or the URL or path of a backup; none with -b",
    })
    .positional("tags", {
      type: "string",
      array: true,
      describe: "Letters, digits and -_., 63 at the most",
    })
    .options({ ...OUTPUT_OPTION, ...BACKUP_OPTION });
}

/** `kube-backup tag`: sets tags on a backup. */
export const tagCommand = defineCommand({
  command: "tag [BACKUP] [tags..]",
  describe: "Set tags on a backup; the tag keep keeps it from retention",
  group: "care",
  needs: ["s3target"],
  backupWords: ({ BACKUP, backup }) => [backup ?? BACKUP],
  clusterless: true,
  builder: (yargs) =>
    tagArguments(yargs)
      .example("$0 tag latest before-upgrade", "The newest backup")
      .example("$0 tag backup_20260131T120000Z keep", "No rule of retention removes it from now on"),
  handler: (context) => changeTagsOf(context, "tag"),
});

/** `kube-backup untag`: takes tags off a backup. */
export const untagCommand = defineCommand({
  command: "untag [BACKUP] [tags..]",
  describe: "Take tags off a backup that were set with tag",
  group: "care",
  needs: ["s3target"],
  backupWords: ({ BACKUP, backup }) => [backup ?? BACKUP],
  clusterless: true,
  builder: (yargs) =>
    tagArguments(yargs).example(
      "$0 untag backup_20260131T120000Z keep",
      "The rules of retention apply again",
    ),
  handler: (context) => changeTagsOf(context, "untag"),
});

/** The arguments and flags of both commands. */
interface TagFlags {
  BACKUP?: string | undefined;
  tags?: string[] | undefined;
  backup?: string | undefined;
  output: string;
}

async function changeTagsOf(
  given: CommandContext<TagFlags, "s3target">,
  verb: TagChange["verb"],
): Promise<void> {
  const { BACKUP, backup: flag, tags: others = [] } = given.flags;
  // With -b, all words are tags.
  const words = flag === undefined || BACKUP === undefined ? others : [BACKUP, ...others];
  if (flag === undefined && BACKUP === undefined)
    throw new UsageError(["BACKUP is missing: write for example latest"]);
  const choice = readBackupChoice({ backup: flag === undefined ? BACKUP : undefined, flag }, given.reading());
  const { settings, output, log, signal, now, ...rest } = inPlace(given, choice);
  // A single dash is an argument to yargs, and none that it hands on.
  if (words.length === 0) throw new UsageError(["TAG is missing: write for example before-upgrade"]);
  const change: TagChange = { verb, tags: readTags("TAG", words) };
  if (settings.unsigned && settings.signingKey !== undefined) {
    throw new UsageError([
      "--unsigned has tags count that nobody has signed, and SIGNING_KEY would sign them: leave one of them out",
    ]);
  }
  const [{ chooseBackup }, { openTaggedBackup }, { writeTags }] = await Promise.all([
    import("../../catalog/choose-backup.ts"),
    import("./tagged-backup.ts"),
    import("./write-tags.ts"),
  ]);
  const store = await openConfiguredStore({ settings, log, now, ...rest });
  try {
    const backup = await chooseBackup({ store, choice, log }, signal);
    const tagged = await openTaggedBackup({ store, backup, settings, log, now }, signal);
    const { tags, absent } = await writeTags({ store, tagged, change, settings, now: now() }, signal);
    const { name } = backup;
    for (const tag of absent) log.warn(`${name} does not have the tag ${tag}`);
    output.show({
      json: { name, tags },
      text: () => [`${name}: ${tags.length === 0 ? "no tags" : tags.join(", ")}`],
    });
  } finally {
    await store.close();
  }
}
