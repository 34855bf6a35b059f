/** The configuration file's text, read without I/O. */

import { didYouMean } from "../words/did-you-mean.ts";
import { ENTRIES, entryMeantBy } from "./entries.ts";

/** Entries as they are written, by name. */
export type WrittenEntries = ReadonlyMap<string, string>;

/** What the file says. */
export interface Configuration {
  /** The entries at the top, which all profiles share. */
  top: WrittenEntries;
  profiles: ReadonlyMap<string, WrittenEntries>;
  /** The profile where no other is asked for. */
  currentProfile: string | undefined;
}

/** The entry that names the profile where no other is asked for. */
export const CURRENT = "current-profile";
const PROFILES = "profiles";
const NO_SETTINGS = "is no list of settings: write NAME: VALUE lines";

/** Names that need no quotes in a shell. */
const PROFILE_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/;

/**
 * Reads what the file's YAML says.
 *
 * @param content maps as Map, and every scalar as it is written.
 * @returns the configuration, or all problems: each begins with where it is.
 */
export function parseConfiguration(content: unknown): Configuration | { problems: string[] } {
  const map = mapOf(content);
  if (map === undefined) return { problems: [`it ${NO_SETTINGS}`] };
  const problems: string[] = [];
  const { [CURRENT]: current = "", [PROFILES]: listed, ...rest } = Object.fromEntries(map);
  const top = readEntries(new Map(Object.entries(rest)), "", [CURRENT, PROFILES], problems);
  const profiles = readProfiles(listed, problems);
  if (typeof current !== "string") problems.push(`${CURRENT} is no profile's name`);
  else if (current !== "" && !profiles.has(current))
    problems.push(
      `${CURRENT} is ${JSON.stringify(current)}, and no profile has that name${didYouMean(current, [...profiles.keys()])}`,
    );
  if (problems.length > 0) return { problems };
  return { top, profiles, currentProfile: current === "" ? undefined : String(current) };
}

function readProfiles(content: unknown, problems: string[]): Map<string, WrittenEntries> {
  const profiles = new Map<string, WrittenEntries>();
  const map = mapOf(content);
  if (map === undefined) problems.push(`${PROFILES} is no map of names to settings`);
  for (const [name, value] of map ?? []) {
    const where = `${PROFILES}.${name}: `;
    const entries = mapOf(value);
    if (!PROFILE_NAME.test(name))
      problems.push(`${where}a profile's name has up to 63 letters, digits and ._-`);
    else if (entries === undefined) problems.push(`${where}it ${NO_SETTINGS}`);
    else profiles.set(name, readEntries(entries, where, [], problems));
  }
  return profiles;
}

function readEntries(
  given: ReadonlyMap<string, unknown>,
  where: string,
  others: readonly string[],
  problems: string[],
): WrittenEntries {
  const entries = new Map<string, string>();
  for (const [name, value] of given) {
    if (!ENTRIES.has(name)) {
      problems.push(`${where}${JSON.stringify(name)} is no setting${suggest(name, others)}`);
      continue;
    }
    const text = textOf(value, ENTRIES.get(name)?.separator);
    if (text === undefined) problems.push(`${where}${name} is neither a value nor a list of values`);
    else entries.set(name, text);
  }
  return entries;
}

function suggest(name: string, others: readonly string[]): string {
  if (name === "unsigned") return ": it is a flag alone, for one command line at a time";
  const meant = entryMeantBy(name);
  return meant === undefined ? didYouMean(name, [...ENTRIES.keys(), ...others]) : `: did you mean ${meant}?`;
}

/** A value as its variable would have it: a list is separated by commas, as a rule. */
function textOf(value: unknown, separator = ","): string | undefined {
  if (typeof value === "string") return value;
  if (!Array.isArray(value) || value.some((each) => typeof each !== "string")) return undefined;
  return value.join(separator);
}

/** A map; what is empty is one without members. */
function mapOf(value: unknown): ReadonlyMap<string, unknown> | undefined {
  if (value === null || value === undefined || value === "") return new Map();
  return value instanceof Map ? value : undefined;
}
