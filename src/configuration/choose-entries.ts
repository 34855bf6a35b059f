/** Which entries of the configuration file count, without I/O. */

import type { FileEntries, FileEntry } from "../settings/file-entries.ts";
import { type Environment, readVariable } from "../settings/variables.ts";
import { ENTRIES, TOGETHER } from "./entries.ts";
import type { Configuration } from "./parse-configuration.ts";
import { unknownProfile } from "./unknown-profile.ts";

/** What else is given. */
export interface Given {
  flags: Readonly<Record<string, unknown>>;
  environment: Environment;
}

/**
 * The entries of the chosen profile, over those at the top of the file. Of entries that are one setting together, those of the
 * highest place alone count; entries that a flag or the environment gives otherwise are left out.
 *
 * @param profile the one that is asked for; the file's own default otherwise.
 * @param file what messages call the file.
 * @throws {UsageError} where no profile has the name.
 */
export function chooseEntries(
  { top, profiles, currentProfile }: Configuration,
  { profile: asked, file, given }: { profile: string | undefined; file: string; given: Given },
): FileEntries {
  const profile = asked ?? currentProfile;
  const own = profile === undefined ? undefined : profiles.get(profile);
  if (profile !== undefined && own === undefined) {
    const said = `--profile ${JSON.stringify(profile)}`;
    throw unknownProfile(profile, { said, file, names: [...profiles.keys()] });
  }
  const chosen = new Map<string, FileEntry>();
  const isGiven = (name: string) => givenBy(name, given) !== undefined;
  const places = [
    { entries: own ?? new Map<string, string>(), profile },
    { entries: top, profile: undefined },
  ];
  for (const { entries, profile } of places) {
    const taken = (name: string) => isGiven(name) || chosen.has(name);
    const isTaken = new Set([...entries.keys()].filter((name) => partners(name).some(taken)));
    for (const [name, text] of entries) {
      if (isTaken.has(name) || text.trim() === "") continue;
      const where = profile === undefined ? file : `profile ${profile} of ${file}`;
      chosen.set(name, { text, profile, label: `${name} (${where})` });
    }
  }
  return chosen;
}

/** A name, and the names of the entries that are one setting with it. */
function partners(name: string): readonly string[] {
  return TOGETHER.find((names) => names.includes(name)) ?? [name];
}

/** The flag or variable that gives a setting, whatever the file says; undefined where only the file can. */
export function givenBy(name: string, { flags, environment }: Given): string | undefined {
  const { flag, variables = [], ignoredBy } = ENTRIES.get(name) ?? {};
  const value = flag === undefined ? undefined : flags[flag];
  // In commands that restore or compare, the same flag is no setting, and a list.
  if (value !== undefined && !Array.isArray(value)) return `--${flag}`;
  const isIgnored = ignoredBy !== undefined && environment[ignoredBy]?.trim().toLowerCase() === "true";
  const counting = isIgnored ? variables.slice(0, 1) : variables;
  return counting.find((variable) => readVariable(environment, variable) !== "");
}

/**
 * The entries of a profile that the environment wins over: `S3TARGET` beside `s3target`. Whoever has asked for a profile
 * probably means all of it.
 */
export function overruled(
  { profiles }: Configuration,
  { profile, given }: { profile: string; given: Given },
): { entry: string; variable: string }[] {
  return [...(profiles.get(profile)?.entries() ?? [])].flatMap(([entry, text]) => {
    const by = givenBy(entry, given);
    const variable = by === undefined || by.startsWith("--") ? undefined : by;
    if (variable === undefined || readVariable(given.environment, variable) === text.trim()) return [];
    return [{ entry, variable }];
  });
}
