/** The program's settings, from environment and flags: judged all at once, before anything is touched. */

import { accessSync, constants, existsSync, statSync } from "node:fs";
import { delimiter } from "node:path";
import { UsageError } from "../errors.ts";
import { type KindsExpression, parseKinds } from "../selection/kinds-expression.ts";
import { parseTarget, type Target } from "../store/contract/target.ts";
import { type AccessKey, readAccessKey } from "./access-key.ts";
import { ALL_SETTINGS, type SettingDefinition, type SettingName } from "./names.ts";
import { type RetentionSettings, readRetention } from "./retention.ts";
import {
  type Parsed,
  parseEndpoint,
  parseListen,
  parseMinutes,
  parseQps,
  parseSwitch,
  shown,
} from "./values.ts";

/** Everything that can be set. What a command does not need may be missing. */
export interface Settings {
  /** Where the backups are. */
  s3target?: Target;
  /** Minutes from one backup to the next, at least 1. */
  frequencyMinutes?: number;
  /** Age in minutes above which the gate restores no backup, at least 1. */
  maxRestoreAgeMinutes?: number;
  /** The access key; without it the S3 client looks for one itself. */
  accessKey?: AccessKey;
  /** Address of the S3 server, where it is not Amazon's. */
  endpoint?: URL;
  /** Region of the bucket, where AWS_REGION or AWS_DEFAULT_REGION says it. */
  region?: string;
  /** Whether another cluster's backup may come into an empty cluster only. */
  restoreIntoEmptyOnly: boolean;
  /** Where to answer probes; nowhere without it. */
  listen?: { host?: string; port: number };
  /** A kubeconfig, or several between colons as in KUBECONFIG, of which some are there. */
  kubeconfig?: string;
  /** Context of the kubeconfig. */
  context?: string;
  /** Most requests a second to the API server; as many as it takes without it. */
  maxQps?: number;
  /** Which kinds backups hold; the default ones without it. */
  kinds?: KindsExpression;
  /** Which backups stay; without it all of them do. */
  retention?: RetentionSettings;
  /** Whether to show no progress. */
  quiet: boolean;
  /** Whether to log in detail. */
  debug: boolean;
}

/** Settings that a command can demand. */
export type NeededSetting = "s3target" | "frequencyMinutes" | "maxRestoreAgeMinutes";

/** Settings of which those that are needed are there. */
export type SettingsWith<Needed extends NeededSetting> = Settings & Required<Pick<Settings, Needed>>;

/** Where settings come from. */
export interface SettingsSource<Needed extends NeededSetting> {
  environment: Record<string, string | undefined>;
  /** Parsed command line: flags by their names. */
  flags: Record<string, unknown>;
  /** What the command cannot do without. */
  needs: readonly Needed[];
}

const EXAMPLES: Record<NeededSetting, string> = {
  s3target: "write s3://BUCKET/PREFIX or file:///FOLDER",
  frequencyMinutes: "set the minutes from one backup to the next, for example 15",
  maxRestoreAgeMinutes: "set the age in minutes above which no backup is restored, for example 1440",
};

/**
 * Reads the settings. A setting that is there and wrong is an error also for a command that does
 * not need it; an empty one counts as not there.
 *
 * @throws {UsageError} with every problem, each naming the setting, its value and what would be right.
 */
export function readSettings<Needed extends NeededSetting>(
  source: SettingsSource<Needed>,
): SettingsWith<Needed> {
  const { environment, flags } = source;
  const problems: string[] = [];

  function text(name: SettingName): string | undefined {
    const { given, label } = lookUp(name, environment, flags);
    if (Array.isArray(given)) {
      problems.push(`${label} is given more than once: give it once`);
      return undefined;
    }
    const value = given === undefined ? "" : String(given).trim();
    if (value !== "") return value;
    if (source.needs.some((needed) => needed === name)) {
      const state = given === undefined ? "is missing" : "is empty";
      problems.push(`${label} ${state}: ${EXAMPLES[name as NeededSetting]}`);
    }
    return undefined;
  }

  function read<Value>(name: SettingName, parse: (text: string) => Parsed<Value>): Value | undefined {
    const value = text(name);
    if (value === undefined) return undefined;
    const parsed = parse(value);
    if ("value" in parsed) return parsed.value;
    problems.push(`${lookUp(name, environment, flags).label} ${shown(value)} ${parsed.problem}`);
    return undefined;
  }

  const found = {
    s3target: read("s3target", target),
    frequencyMinutes: read("frequencyMinutes", parseMinutes),
    maxRestoreAgeMinutes: read("maxRestoreAgeMinutes", parseMinutes),
    endpoint: read("endpoint", parseEndpoint),
    region: (environment["AWS_REGION"]?.trim() || environment["AWS_DEFAULT_REGION"]?.trim()) ?? "",
    restoreIntoEmptyOnly: read("restoreIntoEmptyOnly", parseSwitch) ?? false,
    listen: read("listen", parseListen),
    kubeconfig: read("kubeconfig", kubeconfig),
    context: text("context"),
    maxQps: read("maxQps", parseQps),
    kinds: read("kinds", parseKinds),
    retention: readRetention(read),
    quiet: read("quiet", parseSwitch) ?? false,
    debug: read("debug", parseSwitch) ?? false,
  };
  const accessKey = readAccessKey(environment);
  problems.push(...accessKey.problems);
  if (problems.length > 0) throw new UsageError(problems);
  return withoutMissing({ ...found, accessKey: accessKey.key }) as SettingsWith<Needed>;
}

/** What was given for a setting, and how to call it so that its owner finds it. */
function lookUp(
  name: SettingName,
  environment: Record<string, string | undefined>,
  flags: Record<string, unknown>,
): { given: unknown; label: string } {
  const { variable, flag }: SettingDefinition = ALL_SETTINGS[name];
  if (variable === undefined) return { given: flags[flag], label: `--${flag}` };
  return flags[flag] === undefined
    ? { given: environment[variable], label: `${variable} (--${flag})` }
    : { given: flags[flag], label: `--${flag} (${variable})` };
}

function target(text: string): Parsed<Target> {
  const parsed = parseTarget(text);
  return "target" in parsed ? { value: parsed.target } : parsed;
}

/** KUBECONFIG may list several files; as for kubectl, not all of them need to be there. */
function kubeconfig(text: string): Parsed<string> {
  const files = text.split(delimiter).filter((file) => file !== "");
  const there = files.filter((file) => existsSync(file));
  for (const file of there.length > 0 ? there : files) {
    const reason = whyUnreadable(file);
    if (reason !== undefined) {
      return { problem: `cannot be read: ${reason}${files.length > 1 ? `, ${file}` : ""}` };
    }
  }
  return { value: text };
}

/** Pipes are fine: shells hand over what a command writes as one. */
function whyUnreadable(file: string): string | undefined {
  try {
    accessSync(file, constants.R_OK);
    return statSync(file).isDirectory() ? "it is a folder" : undefined;
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    return code === "ENOENT" ? "there is no such file" : `the file is not readable (${code})`;
  }
}

/** Leaves out what is undefined or empty: exact optional properties are there or they are not. */
function withoutMissing(values: Record<string, unknown>): object {
  return Object.fromEntries(
    Object.entries(values).filter(([, value]) => value !== undefined && value !== ""),
  );
}
