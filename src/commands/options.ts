import type { Options } from "yargs";
import { SETTINGS, type SettingDefinition } from "../settings/names.ts";

/** The flags of all settings, as yargs takes them; `--help` shows flag and variable both. */
export function settingOptions(): Record<string, Options> {
  const definitions: SettingDefinition[] = Object.values(SETTINGS);
  return Object.fromEntries(definitions.map((definition) => [definition.flag, settingOption(definition)]));
}

function settingOption({ variable, type, describe }: SettingDefinition): Options {
  return {
    group: "Settings:",
    describe: variable === undefined ? describe : `${describe} [${variable}]`,
    // Numbers too come as text: what is wrong with them is said in words of our own.
    ...(type === "switch" ? { type: "boolean" } : { type: "string", requiresArg: true }),
  };
}

/** Flags that are on or off: `settings.ts` understands more words than yargs does. */
export function switchFlags(): string[] {
  const definitions: SettingDefinition[] = Object.values(SETTINGS);
  return definitions.filter(({ type }) => type === "switch").map(({ flag }) => flag);
}

/** `--output`, for commands that have a result to show. */
export const OUTPUT_OPTION = {
  output: {
    alias: "o",
    describe: "How to write the result",
    choices: ["table", "json"],
    default: "table",
    requiresArg: true,
  },
} as const satisfies Record<string, Options>;
