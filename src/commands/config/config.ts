import { defineCommand } from "../../command-line/command.ts";
import { OUTPUT_OPTION } from "../../command-line/options.ts";
import { configurationPath, readConfiguration } from "../../configuration/read-configuration.ts";
import { viewSettings } from "../../configuration/view.ts";
import { formatTable } from "../../terminal/table.ts";

/** `kube-backup config view`: shows each setting, and where it comes from. Nothing is validated but the file. */
export const configCommand = defineCommand({
  command: "config [action]",
  usage: "config view",
  describe: "Show which settings count, and where each comes from",
  builder: (yargs) =>
    yargs
      .positional("action", { describe: "view, the only one", choices: ["view"] as const, default: "view" })
      .options({ output: { ...OUTPUT_OPTION.output, choices: ["table", "yaml", "json"] } })
      .example("$0 config view", "What is set, and by what")
      .example("$0 config view --profile blue", "The same with a profile of the configuration file"),
  async handler({ flags, environment, surroundings: { pod }, output }) {
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
  },
});
