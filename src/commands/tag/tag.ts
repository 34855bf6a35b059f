import type { Argv } from "yargs";
import { readBackupChoice } from "../../command-line/backup-argument.ts";
import { type CommandContext, defineCommand } from "../../command-line/command.ts";
import { openConfiguredStore } from "../../command-line/open-configured-store.ts";
import { OUTPUT_OPTION } from "../../command-line/options.ts";
import { readTags } from "../../command-line/tag-arguments.ts";
import { UsageError } from "../../errors.ts";
import type { TagChange } from "../../tags/change-tags.ts";

/** The arguments of both commands. */
function tagArguments(yargs: Argv) {
  return yargs
    .positional("backup", {
      type: "string",
      demandOption: true,
      describe: "Name of a backup, or latest",
    })
    .positional("tags", {
      type: "string",
      array: true,
      demandOption: true,
      describe: "Letters, digits and -_., 63 at the most",
    })
    .options(OUTPUT_OPTION);
}

/** `kube-backup tag`: sets tags on a backup. */
export const tagCommand = defineCommand({
  command: "tag <backup> <tags..>",
  describe: "Set tags on a backup; with the tag keep it stays whatever the rules of retention say",
  needs: ["s3target"],
  clusterless: true,
  builder: (yargs) =>
    tagArguments(yargs)
      .example("$0 tag latest before-upgrade", "The newest backup")
      .example("$0 tag backup_20260131T120000Z keep", "No rule of retention removes it from now on"),
  handler: (context) => changeTagsOf(context, "tag"),
});

/** `kube-backup untag`: takes tags off a backup. */
export const untagCommand = defineCommand({
  command: "untag <backup> <tags..>",
  describe: "Take tags off a backup that were set with tag; those of backup --tag stay",
  needs: ["s3target"],
  clusterless: true,
  builder: (yargs) =>
    tagArguments(yargs).example(
      "$0 untag backup_20260131T120000Z keep",
      "The rules of retention apply again",
    ),
  handler: (context) => changeTagsOf(context, "untag"),
});

async function changeTagsOf(
  {
    settings,
    flags,
    output,
    log,
    signal,
    now,
    ...rest
  }: CommandContext<{ backup: string; tags: string[]; output: string }, "s3target">,
  verb: TagChange["verb"],
): Promise<void> {
  const choice = readBackupChoice(flags, now());
  // A single dash is an argument to yargs, and none that it hands on.
  if (flags.tags.length === 0) throw new UsageError(["TAG is missing: write for example before-upgrade"]);
  const change: TagChange = { verb, tags: readTags("TAG", flags.tags) };
  if (settings.unsigned && settings.signingKey !== undefined) {
    throw new UsageError([
      "--unsigned has tags count that nobody has signed, and SIGNING_KEY would sign them: leave one of them out",
    ]);
  }
  const [{ chooseBackup, openTaggedBackup }, { writeTags }] = await Promise.all([
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
