import type { Options } from "yargs";
import { CAPTURE_SETTINGS, RETENTION_SETTINGS, SETTINGS, type SettingDefinition } from "../settings/names.ts";

/** The flags of every command's settings, as yargs takes them; `--help` shows flag and variable both. */
export function settingOptions(): Record<string, Options> {
  return optionsOf("Settings:", Object.values(SETTINGS));
}

/** The flags of the settings that say what a backup holds. */
export function captureOptions(): Record<string, Options> {
  return optionsOf("What to back up:", Object.values(CAPTURE_SETTINGS));
}

/** The flags of the settings that say which backups stay. */
export function retentionOptions(): Record<string, Options> {
  return optionsOf("Backups to keep (any rule is enough):", Object.values(RETENTION_SETTINGS));
}

function optionsOf(group: string, definitions: readonly SettingDefinition[]): Record<string, Options> {
  return Object.fromEntries(
    definitions.map((definition) => [definition.flag, settingOption(group, definition)]),
  );
}

function settingOption(group: string, { variable, type, describe }: SettingDefinition): Options {
  return {
    group,
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

/** `-n` and `-A`, as kubectl has them. */
export const NAMESPACE_OPTIONS = {
  namespace: {
    alias: "n",
    type: "string",
    requiresArg: true,
    describe: "Namespace; that of the context otherwise",
  },
  "all-namespaces": { alias: "A", type: "boolean", default: false, describe: "All namespaces" },
} as const satisfies Record<string, Options>;

/** `-l`, as kubectl has it. */
export const SELECTOR_OPTION = {
  selector: {
    alias: "l",
    type: "string",
    requiresArg: true,
    describe: "Label selector: app=web,tier!=db,env in (a,b),!canary",
  },
} as const satisfies Record<string, Options>;

/** `--at`, in place of a backup's name. */
export const AT_OPTION = {
  at: {
    type: "string",
    requiresArg: true,
    describe: "The newest backup that is not later: 2026-01-31T12:00:00Z, or 36h for so long ago",
  },
} as const satisfies Record<string, Options>;

/** A flag that takes a list: between commas, given several times, or both. */
export function listOption(describe: string) {
  return {
    describe,
    type: "string",
    array: true,
    requiresArg: true,
    coerce: (given: string[]) => given.flatMap((each) => each.split(",")).filter((each) => each !== ""),
  } as const satisfies Options;
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
