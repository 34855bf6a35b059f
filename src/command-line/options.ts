import type { Options } from "yargs";
import {
  CAPTURE_SETTINGS,
  COPY_SETTINGS,
  ENCRYPTION_SETTINGS,
  RETENTION_SETTINGS,
  S3_SETTINGS,
  SETTINGS,
  type SettingDefinition,
  SIGNATURE_SETTINGS,
} from "../settings/names.ts";

import type { Settings } from "../settings/settings.ts";

/**
 * The flags of the settings that every command has, as yargs options. `--help` shows the flag and the environment
 * variable.
 */
export function settingOptions(): Record<string, Options> {
  return {
    ...optionsOf("Settings:", Object.values(SETTINGS)),
    ...optionsOf("Settings of S3:", Object.values(S3_SETTINGS)),
    ...optionsOf("Encryption:", Object.values(ENCRYPTION_SETTINGS)),
    ...optionsOf("Signatures:", Object.values(SIGNATURE_SETTINGS)),
  };
}

/** The flags of the settings that select what to back up. */
export function captureOptions(): Record<string, Options> {
  return optionsOf("What to back up:", Object.values(CAPTURE_SETTINGS));
}

/** The settings that select what to back up, and say of which cluster it is. */
export function captureScope({
  clusterName,
  kinds,
  keepFinished,
  includeNamespaces,
  excludeNamespaces,
  keepKubeSystem,
  programNamespace,
}: Pick<
  Settings,
  | "clusterName"
  | "kinds"
  | "keepFinished"
  | "includeNamespaces"
  | "excludeNamespaces"
  | "keepKubeSystem"
  | "programNamespace"
>) {
  return {
    ...{ clusterName, kinds, keepFinished, includeNamespaces, excludeNamespaces, keepKubeSystem },
    programNamespace,
  };
}

/** The flags of the retention settings. */
export function retentionOptions(): Record<string, Options> {
  return optionsOf("Backups to keep (any rule is enough):", Object.values(RETENTION_SETTINGS));
}

/** The flags of the second store. */
export function copyOptions(): Record<string, Options> {
  return optionsOf("The second store:", Object.values(COPY_SETTINGS));
}

function optionsOf(group: string, definitions: readonly SettingDefinition[]): Record<string, Options> {
  return Object.fromEntries(
    definitions.map((definition) => [definition.flag, settingOption(group, definition)]),
  );
}

const OPTION_TYPES: Record<SettingDefinition["type"], Options> = {
  switch: { type: "boolean" },
  // yargs passes numbers as text too, so that the program's own messages report invalid numbers.
  text: { type: "string", requiresArg: true },
  lines: { type: "string", array: true, requiresArg: true, coerce: (given: string[]) => given.join("\n") },
  list: { type: "string", array: true, requiresArg: true, coerce: (given: string[]) => given.join(",") },
};

function settingOption(group: string, { variable, alias, type, describe }: SettingDefinition): Options {
  return {
    group,
    ...(alias === undefined ? {} : { alias }),
    describe: variable === undefined ? describe : `${describe} [${variable}]`,
    ...OPTION_TYPES[type],
  };
}

/** The boolean flags. `values.ts` accepts more words for true and false than yargs does. */
export function switchFlags(): string[] {
  const definitions: SettingDefinition[] = Object.values(SETTINGS);
  return definitions.filter(({ type }) => type === "switch").map(({ flag }) => flag);
}

/** `-n` and `-A`, as in kubectl. */
export const NAMESPACE_OPTIONS = {
  namespace: {
    alias: "n",
    type: "string",
    requiresArg: true,
    array: true,
    coerce: listed,
    describe: "Namespaces: shop, or shop,team-*; that of the context otherwise",
  },
  "all-namespaces": { alias: "A", type: "boolean", default: false, describe: "All namespaces" },
} as const satisfies Record<string, Options>;

/** `--no-lock`, as in restic. */
export const LOCK_OPTION = {
  lock: {
    type: "boolean",
    default: true,
    describe: "Take the Lease that keeps two from doing the same at once (--no-lock: do not)",
  },
} as const satisfies Record<string, Options>;

/** `-l`, as in kubectl. */
export const SELECTOR_OPTION = {
  selector: {
    alias: "l",
    type: "string",
    requiresArg: true,
    describe: "Label selector: app=web,tier!=db,env in (a,b),!canary",
  },
} as const satisfies Record<string, Options>;

/** `-b`, which says which backup whatever else the words say. */
export const BACKUP_OPTION = {
  backup: {
    alias: "b",
    type: "string",
    requiresArg: true,
    describe: "The backup: latest (the default), a name, or the URL or path of one",
  },
} as const satisfies Record<string, Options>;

/** `--at`, which replaces the name of a backup. */
export const AT_OPTION = {
  at: {
    type: "string",
    requiresArg: true,
    describe: "The newest that is not later: 14:03, 2026-01-31 (its end), 2026-01-31T12:00:00Z, 36h",
  },
} as const satisfies Record<string, Options>;

/** `--at` where the change log is read, too: a moment between two backups. */
export const MOMENT_OPTIONS = {
  at: {
    ...AT_OPTION.at,
    describe: "As it was then: 14:03:16, 2026-01-31 (its end), 2026-01-31T12:00:00Z, 36h ago",
  },
  "or-before": {
    type: "boolean",
    default: false,
    describe: "With --at: where the change log has a gap, the newest backup before",
  },
  revision: {
    type: "string",
    requiresArg: true,
    describe: "As it was at this resource version of the cluster",
  },
  timeline: {
    type: "string",
    requiresArg: true,
    hidden: true,
    describe: "With --revision: the timeline of the change log, where several have it",
  },
  before: {
    type: "string",
    requiresArg: true,
    describe: "As it was just before the last change of an object: KIND/NAME",
  },
} as const satisfies Record<string, Options>;

/** A flag that takes a list: comma-separated, repeated, or both. */
export function listOption(describe: string) {
  return {
    describe,
    type: "string",
    array: true,
    requiresArg: true,
    coerce: listed,
  } as const satisfies Options;
}

function listed(given: string[]): string[] {
  return given.flatMap((each) => each.split(",")).filter((each) => each !== "");
}

/** `--output`, for commands that have a result. */
export const OUTPUT_OPTION = {
  output: {
    alias: "o",
    describe: "How to write the result",
    choices: ["table", "json"],
    default: "table",
    requiresArg: true,
  },
} as const satisfies Record<string, Options>;

/** `--deleted`, of commands that read backups. */
export const DELETED_OPTION = {
  deleted: {
    type: "boolean",
    default: false,
    describe:
      "Of the backups that were removed from a bucket with versions, behind whose delete markers they still are",
  },
} as const;
