import { randomUUID } from "node:crypto";
import { type CommandContext, defineCommand } from "../../command-line/command.ts";
import { OUTPUT_OPTION } from "../../command-line/options.ts";
import { configurationPath, readConfiguration } from "../../configuration/read-configuration.ts";
import { viewSettings } from "../../configuration/view.ts";
import { UsageError } from "../../errors.ts";
import { readVariable } from "../../settings/variables.ts";
import { formatTable } from "../../terminal/table.ts";

interface ConfigFlags {
  action: "view" | "use-profile";
  NAME?: string | undefined;
  output: string;
}

type Context = CommandContext<ConfigFlags>;

/** `kube-backup config`: shows each setting and where it comes from, and switches to another profile. Nothing is validated but the file. */
export const configCommand = defineCommand({
  command: "config [action] [NAME]",
  usage: "config view|use-profile [NAME]",
  describe: "Show which settings count and where each comes from, or use another profile",
  builder: (yargs) =>
    yargs
      .positional("action", {
        describe: "view, which is meant without it, or use-profile",
        choices: ["view", "use-profile"] as const,
        default: "view" as const,
      })
      .positional("NAME", {
        describe: "Of use-profile: the profile that counts from now on where no --profile is given",
        type: "string",
      })
      .options({ output: { ...OUTPUT_OPTION.output, choices: ["table", "yaml", "json"] } })
      .example("$0 config view", "What is set, and by what")
      .example("$0 config view --profile blue", "The same with a profile of the configuration file")
      .example("$0 config use-profile blue", "Has this profile count from now on"),
  async handler(context: Context) {
    const { action, NAME: name } = context.flags;
    if (action === "use-profile") return await useProfile(context, name);
    if (name !== undefined)
      throw new UsageError([`"${name}" is too much after view: a profile is named by --profile ${name}`]);
    await view(context);
  },
});

/** Has another profile count, in the file. */
async function useProfile(context: Context, name: string | undefined): Promise<void> {
  const { flags, environment, surroundings, output, log } = context;
  if (name === undefined) throw new UsageError(["use-profile needs the name of a profile"]);
  if ("profile" in flags && flags.profile !== undefined)
    throw new UsageError([
      "--profile is for one command line, and use-profile for all after it: leave it out",
    ]);
  const file = configurationPath(environment);
  if (surroundings.pod || file === undefined)
    throw new UsageError([
      `Cannot use the profile ${name}: ${file === undefined ? "there is no home to look for a file in" : "in a pod, no file has profiles"}`,
    ]);
  const [{ rewriteConfiguration }, { switchProfile }] = await Promise.all([
    import("../../configuration/write-configuration.ts"),
    import("../../configuration/switch-profile.ts"),
  ]);
  await rewriteConfiguration(file, {
    change: (text) => switchProfile(text, { name, file }),
    suffix: randomUUID(),
  });
  const variable = readVariable(environment, "KUBE_BACKUP_PROFILE");
  if (variable !== "" && variable !== name)
    log.warn(`KUBE_BACKUP_PROFILE of the environment wins over it, and is ${variable}`);
  if (flags.output === "table") output.sentences([`Switched to the profile ${name}`]);
  else await view(context);
}

async function view({ flags, environment, surroundings: { pod }, output }: Context): Promise<void> {
  const given = { flags: { ...flags }, environment };
  const read = await readConfiguration({ ...given, pod });
  const path = configurationPath(environment);
  const { entries, profile, profiles } = read;
  const settings = viewSettings(given, { entries, file: read.file ?? "" });
  const json = { file: read.file ?? null, profile: profile ?? null, profiles, settings };
  if (flags.output === "yaml") {
    (await import("../output/write-yaml.ts")).writeYaml(output, json);
    return;
  }
  const none = path === undefined || pod ? "none" : `${path}, which is not there`;
  const named = profiles.map((name) => (name === profile ? `${name} (chosen)` : name)).join(", ");
  output.show({
    json,
    text: () => [
      `File:     ${read.file ?? none}`,
      ...(profiles.length === 0 ? [] : [`Profiles: ${named}`]),
      "",
      ...(settings.length === 0
        ? ["No setting is set"]
        : formatTable({
            columns: [{ title: "SETTING" }, { title: "VALUE" }, { title: "FROM" }],
            rows: settings.map(({ name, value, from }) => [name, value, from]),
          })),
    ],
  });
}
