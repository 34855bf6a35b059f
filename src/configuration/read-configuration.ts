/** Reads the configuration file, where there is one. */

import { existsSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { UsageError } from "../errors.ts";
import { type FileEntries, NO_ENTRIES } from "../settings/file-entries.ts";
import { type Environment, readVariable } from "../settings/variables.ts";
import { chooseEntries, type Given, overruled } from "./choose-entries.ts";
import { ENTRIES } from "./entries.ts";
import { type Configuration, parseConfiguration, type WrittenEntries } from "./parse-configuration.ts";

/** What the file says, and what of it counts. */
export interface ReadConfiguration {
  /** The file; undefined where there is none. */
  file: string | undefined;
  entries: FileEntries;
  /** The names of all profiles. */
  profiles: readonly string[];
  /** The profile that counts. */
  profile: string | undefined;
  /** What the environment wins over, of a profile that is asked for. */
  overruled: readonly { entry: string; variable: string }[];
}

/** Options of {@link readConfiguration}. */
export interface ReadConfigurationOptions extends Given {
  /** Whether this is a pod. It gets its settings from its manifest: a file in an image or a volume would be a surprise. */
  pod: boolean;
}

/** Where no file counts. */
export const NO_CONFIGURATION: ReadConfiguration = {
  ...{ file: undefined, entries: NO_ENTRIES, profiles: [], profile: undefined, overruled: [] },
};

/**
 * The path of the configuration file: `$XDG_CONFIG_HOME/kube-backup/config.yaml`, by default below ~/.config. Undefined without
 * a home.
 */
export function configurationPath(environment: Environment): string | undefined {
  const { XDG_CONFIG_HOME: given = "" } = environment;
  const home = homeOf(environment);
  // A relative path is to be ignored: https://specifications.freedesktop.org/basedir-spec/latest/#variables
  const base = path.isAbsolute(given) ? given : home === "" ? undefined : path.join(home, ".config");
  return base === undefined ? undefined : path.join(base, "kube-backup", "config.yaml");
}

/**
 * Reads the file and chooses the profile.
 *
 * @throws {UsageError} where the file cannot be used, holds secrets that others can read, or lacks the profile.
 */
export async function readConfiguration(options: ReadConfigurationOptions): Promise<ReadConfiguration> {
  const { environment, flags, pod } = options;
  const asked = askedProfile(options);
  const file = configurationPath(environment);
  if (pod || file === undefined || !existsSync(file)) {
    if (asked === undefined) return NO_CONFIGURATION;
    const why = pod
      ? "in a pod, no file has profiles"
      : `there is no ${file ?? "home to look for its file in"}`;
    throw new UsageError([`--profile ${JSON.stringify(asked)} cannot be found: ${why}`]);
  }
  const configuration = withPaths(await parseFile(file), { file, home: homeOf(environment) });
  rejectReadableSecrets(file, configuration);
  const given = { flags, environment };
  return {
    file,
    entries: chooseEntries(configuration, { profile: asked, file, given }),
    profiles: [...configuration.profiles.keys()],
    profile: asked ?? configuration.currentProfile,
    overruled: asked === undefined ? [] : overruled(configuration, { profile: asked, given }),
  };
}

/** @throws {UsageError} where the flag is given more than once. */
function askedProfile({ flags, environment }: Given): string | undefined {
  const { profile = readVariable(environment, "KUBE_BACKUP_PROFILE") } = flags;
  if (Array.isArray(profile)) throw new UsageError(["--profile is given more than once: give it once"]);
  return String(profile).trim() || undefined;
}

async function parseFile(file: string): Promise<Configuration> {
  const advice = `kube-backup config view shows what counts; each setting is named as its flag: kube-backup options`;
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    throw new UsageError([`Cannot read ${file}: ${(error as NodeJS.ErrnoException).code}`]);
  }
  const { parseDocument } = await import("yaml");
  // Each value as it is written: the settings have their own words for numbers and switches.
  const document = parseDocument(text, { schema: "failsafe", stringKeys: true });
  const [error] = document.errors;
  if (error !== undefined) {
    const [message = ""] = error.message.split("\n");
    throw new UsageError([`Cannot read ${file}: ${message.replace(/:$/, "")}`], { advice });
  }
  const parsed = parseConfiguration(document.toJS({ mapAsMap: true }));
  if (!("problems" in parsed)) return parsed;
  throw new UsageError(
    parsed.problems.map((problem) => `${file}: ${problem}`),
    { advice },
  );
}

/**
 * As ssh treats its keys: what others can read is no secret any more.
 *
 * @throws {UsageError} where others can read a file that holds secrets.
 */
function rejectReadableSecrets(file: string, { top, profiles }: Configuration): void {
  const mode = statSync(file).mode & 0o777;
  // Windows has no such modes, and Node reports all of them as readable.
  if ((mode & 0o077) === 0 || path.sep === "\\") return;
  const secrets = [top, ...profiles.values()].flatMap((entries) =>
    [...entries].filter(([name, text]) => ENTRIES.get(name)?.secret === true && text.trim() !== ""),
  );
  if (secrets.length === 0) return;
  const names = [...new Set(secrets.map(([name]) => name))].join(", ");
  throw new UsageError([
    `Cannot use ${file}: it holds ${names}, and others can open it (mode ${mode.toString(8).padStart(4, "0")}): run chmod 600 ${file}`,
  ]);
}

/** The same with paths as the program can open them: `~/` is the home, and what is relative is beside the file. */
function withPaths(
  { top, profiles, currentProfile }: Configuration,
  { file, home }: { file: string; home: string },
): Configuration {
  const absolute = (text: string) => {
    const rest = /^~[/\\](.*)$/s.exec(text)?.[1];
    return rest === undefined ? path.resolve(path.dirname(file), text) : path.join(home, rest);
  };
  const inPlace = (name: string, text: string): string => {
    const kind = ENTRIES.get(name)?.path;
    if (kind === undefined || text.trim() === "") return text;
    if (kind === "file") return absolute(text.trim());
    if (kind === "files") return text.trim().split(path.delimiter).map(absolute).join(path.delimiter);
    const [, folder] = /^file:(?!\/)(.+)$/s.exec(text.trim()) ?? [];
    return folder === undefined ? text : `file:${absolute(folder)}`;
  };
  const all = (entries: WrittenEntries) =>
    new Map([...entries].map(([name, text]) => [name, inPlace(name, text)]));
  return {
    top: all(top),
    profiles: new Map([...profiles].map(([name, entries]) => [name, all(entries)])),
    currentProfile,
  };
}

function homeOf(environment: Environment): string {
  return environment["HOME"] ?? environment["USERPROFILE"] ?? "";
}
