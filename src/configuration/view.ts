/** Each setting that is set, and where it comes from. */

import type { FileEntries } from "../settings/file-entries.ts";
import { withoutPassword } from "../settings/values.ts";
import { findVariable } from "../settings/variables.ts";
import { type Given, givenBy } from "./choose-entries.ts";
import { ENTRIES } from "./entries.ts";

/** Where a setting comes from, the place that wins first. */
type SettingSource = "flag" | "environment" | "profile" | "file";

/** A setting that is set. */
export interface ViewedSetting {
  /** As in the configuration file. */
  name: string;
  /** As it is written; secrets are masked, as kubectl masks them. */
  value: string;
  source: SettingSource;
  /** `--s3target`, `S3TARGET`, `profile blue`, or the file. */
  from: string;
}

const MASK = "REDACTED";

/**
 * Each setting that is set, in the order of the help. Nothing is validated.
 *
 * @param file what an entry at the top of the configuration file comes from.
 */
export function viewSettings(
  given: Given,
  { entries, file }: { entries: FileEntries; file: string },
): ViewedSetting[] {
  return [...ENTRIES].flatMap(([name, definition]) => {
    const found = find(name, given, { entries, file });
    if (found === undefined) return [];
    const { text, ...origin } = found;
    const masked = definition.secret === true || (definition.hidden === true && !text.startsWith("age1"));
    return [{ name, value: masked ? MASK : withoutPassword(text), ...origin }];
  });
}

function find(
  name: string,
  given: Given,
  { entries, file }: { entries: FileEntries; file: string },
): (Pick<ViewedSetting, "source" | "from"> & { text: string }) | undefined {
  const by = givenBy(name, given);
  if (by?.startsWith("--") === true)
    return { text: String(given.flags[by.slice(2)]), source: "flag", from: by };
  if (by !== undefined) {
    const { name: from, text = "" } = findVariable(given.environment, by);
    return { text: text.trim(), source: "environment", from };
  }
  const entry = entries.get(name);
  if (entry === undefined) return undefined;
  const { text, profile } = entry;
  return profile === undefined
    ? { text: text.trim(), source: "file", from: file }
    : { text: text.trim(), source: "profile", from: `profile ${profile}` };
}
